"""Counted attempts: exact under threads, over when their window is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from src.errors import TooMany
from src.services import limits
from src.utils import clock


def test_of_many_at_once_exactly_the_allowed_number_passes(committed):
    def attempt(_: int) -> bool:
        with committed.app_context():
            try:
                limits.take("test", "somebody", 10, 60)
            except TooMany:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(attempt, range(24)))
    assert passed.count(True) == 10


def test_a_new_window_begins_when_the_old_one_is_over(app, monkeypatch):
    start = clock.now()
    limits.take("test", "somebody", 1, 60)
    with pytest.raises(TooMany) as refused:
        limits.take("test", "somebody", 1, 60)
    assert 1 <= refused.value.retry_after_seconds <= 61
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=62))
    limits.take("test", "somebody", 1, 60)


def test_a_window_that_a_clock_ahead_began_is_over_once_that_is_set_right(app, monkeypatch):
    right = clock.now()
    monkeypatch.setattr(clock, "now", lambda: right + timedelta(days=1))
    limits.take("test", "somebody", 1, 60)
    monkeypatch.setattr(clock, "now", lambda: right)
    limits.take("test", "somebody", 1, 60)
    with pytest.raises(TooMany) as refused:
        limits.take("test", "somebody", 1, 60)
    assert refused.value.retry_after_seconds == 61


def test_who_read_the_clock_a_little_earlier_begins_no_window_anew(app, monkeypatch):
    start = clock.now()
    limits.take("test", "somebody", 1, 60)
    monkeypatch.setattr(clock, "now", lambda: start - timedelta(seconds=30))
    with pytest.raises(TooMany):
        limits.take("test", "somebody", 1, 60)


def test_what_is_given_back_may_be_taken_again(app):
    limits.take("test", "somebody", 1, 60)
    limits.give_back("test", "somebody")
    limits.take("test", "somebody", 1, 60)


def test_subjects_are_counted_apart(app):
    limits.take("test", "one", 1, 60)
    limits.take("test", "other", 1, 60)
    limits.take("another", "one", 1, 60)
