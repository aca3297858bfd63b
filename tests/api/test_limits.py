"""Counted attempts: exact under threads, over when their window is."""

import ast
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from src.database import db
from src.errors import TooMany
from src.models import RateWindow
from src.queries import limits as limit_queries
from src.queries.limits import LIMITS, Limit, Whose
from src.services import limits
from src.utils import clock

ONE = Limit("test", 1, 60, Whose.PERSON)
TEN = replace(ONE, most=10)


def test_of_many_at_once_exactly_the_allowed_number_passes(committed):
    def attempt(_: int) -> bool:
        with committed.app_context():
            try:
                limits.take(TEN, "somebody")
            except TooMany:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(attempt, range(24)))
    assert passed.count(True) == 10


def test_a_new_window_begins_when_the_old_one_is_over(app, monkeypatch):
    start = clock.now()
    limits.take(ONE, "somebody")
    with pytest.raises(TooMany) as refused:
        limits.take(ONE, "somebody")
    assert 1 <= refused.value.retry_after_seconds <= 61
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=62))
    limits.take(ONE, "somebody")


def test_a_window_that_a_clock_ahead_began_is_over_once_that_is_set_right(app, monkeypatch):
    right = clock.now()
    monkeypatch.setattr(clock, "now", lambda: right + timedelta(days=1))
    limits.take(ONE, "somebody")
    monkeypatch.setattr(clock, "now", lambda: right)
    limits.take(ONE, "somebody")
    with pytest.raises(TooMany) as refused:
        limits.take(ONE, "somebody")
    assert refused.value.retry_after_seconds == 61


def test_who_read_the_clock_a_little_earlier_begins_no_window_anew(app, monkeypatch):
    start = clock.now()
    limits.take(ONE, "somebody")
    monkeypatch.setattr(clock, "now", lambda: start - timedelta(seconds=30))
    with pytest.raises(TooMany):
        limits.take(ONE, "somebody")


def test_what_is_given_back_may_be_taken_again(app):
    limits.take(ONE, "somebody")
    limits.give_back(ONE, "somebody")
    limits.take(ONE, "somebody")


def test_subjects_are_counted_apart(app):
    limits.take(ONE, "one")
    limits.take(ONE, "other")
    limits.take(replace(ONE, scope="another"), "one")


def test_every_scope_in_use_is_in_the_table(root):
    """What is not there would be left out of an export, and outlive an erasure."""
    made = {path: constructed(path) for path in (root / "src").rglob("*.py")}
    places = {path.name: count for path, count in made.items() if count}
    assert places == {"limits.py": len(LIMITS)}
    named = {each for each in vars(limit_queries).values() if isinstance(each, Limit)}
    assert named == {*LIMITS}
    assert len({limit.scope for limit in LIMITS}) == len(LIMITS)


def constructed(path: Any) -> int:
    """How many limits, or windows without any, a module makes."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if type(node) is ast.Call]
    names = [getattr(func, "id", getattr(func, "attr", "")) for func in calls]
    return names.count("Limit") + names.count("RateWindow")


# Whoever is counted by a network, a company or a query is no one person.
OF_A_PERSON = {
    Whose.PERSON: lambda limit, user_id, _: (limit, user_id),
    Whose.EMAIL: lambda limit, _, email: (limit, email),
    Whose.EMAIL_BY_PERSON: lambda limit, user_id, _: (limit.of(user_id), "somebody@mail.example"),
    Whose.EMAIL_BY_COMPANY: lambda limit, _, email: (limit.of(1), email),
}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.scope)
def test_what_is_counted_of_a_person_is_told_and_forgotten_and_no_more(app, limit):
    counted = select(RateWindow.scope, RateWindow.subject)
    for user_id, email in ((7, "ada@mail.example"), (77, "bob@mail.example")):
        if limit.whose in OF_A_PERSON:
            limits.take(*OF_A_PERSON[limit.whose](limit, user_id, email))
        else:
            limits.take(limit, user_id)
    mine = limit_queries.of_person(7, "ada@mail.example")
    is_mine = limit.whose in OF_A_PERSON
    assert len(db.session.execute(counted.where(mine)).all()) == int(is_mine)
    limits.forget(mine)
    assert len(db.session.execute(counted).all()) == 2 - int(is_mine)
