"""Another frequency of a saved search loses no job, and tells of none twice."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from src import tasks
from src.database import db
from src.models import SavedSearch
from src.utils import clock
from tests.alerts import body, keep, mails_go_to, match, sent
from tests.background import run_queued
from tests.factories import headers_for, make_job, make_user
from tests.rival import asked_behind

TODAY = clock.now().replace(hour=0, minute=0)
MONDAY = TODAY - timedelta(days=TODAY.weekday())
Round = Callable[[int], list[str]]
# A step of the daily round that began before the change, and is not committed yet.
STEP = (
    "SELECT pg_advisory_xact_lock(hashtextextended('alerts', 0))",
    "UPDATE job_arrivals SET batch = 1",
    "INSERT INTO alert_rounds (frequency, from_batch, to_batch) VALUES ('daily', 1, 1)",
)


@pytest.fixture
def box(owner_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where mails go."""
    mails_go_to(owner_app, tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def of_day(box: Path, monkeypatch: pytest.MonkeyPatch) -> Round:
    """What is mailed by all that is queued, and by the rounds of a day, from Monday at seven."""

    def run(day: int) -> list[str]:
        run_queued("alerts.catch_up")
        with monkeypatch.context() as moved:
            moved.setattr(clock, "now", lambda: MONDAY + timedelta(days=day, hours=7))
            match()
        return [body(mail) for mail in sent(box)]

    return run


@pytest.fixture
def change(owner_app: Flask) -> Callable[..., None]:
    """Changes a search, as who sends these headers."""

    def change(search: SavedSearch, headers: dict[str, str], **values: Any) -> None:
        path = f"/api/v1/me/saved-searches/{search.id}"
        db.session.commit()
        answer = owner_app.test_client().patch(path, json=values, headers=headers)
        assert answer.status_code == 200, answer.text

    return change


def kept(frequency: str) -> tuple[SavedSearch, dict[str, str]]:
    user = make_user()
    return keep(user, frequency, q="nurse"), headers_for(user)


@pytest.mark.parametrize(
    ("before", "after"),
    [("weekly", "daily"), ("weekly", "instant"), ("daily", "instant"), ("daily", "weekly")],
)
def test_a_job_that_arrived_before_the_change_is_told_of_once(
    of_day: Round, change: Callable[..., None], before: str, after: str
) -> None:
    search, headers = kept(before)
    of_day(0)
    make_job(title="Night nurse", published_at=TODAY)
    # Now the rounds of a higher frequency are past it.
    today = 0 if before == "daily" else 1
    assert of_day(today) == []
    change(search, headers, frequency=after)
    told = [mail for day in (today, 1, 2, 7, 8) for mail in of_day(day)]
    assert ["Night nurse" in mail for mail in told] == [True]


def test_a_step_that_passes_the_search_over_is_waited_for(owner_app: Flask, box: Path) -> None:
    search = keep(frequency="daily", q="nurse")
    db.session.commit()
    make_job(title="Night nurse", published_at=TODAY)
    db.session.commit()
    search_id = search.id

    def catch_up() -> None:
        with owner_app.app_context():
            tasks.queue.tasks["alerts.catch_up"].func(search_id=search_id, from_batch=0)

    asked_behind(owner_app, STEP, catch_up)
    assert ["Night nurse" in body(mail) for mail in sent(box)] == [True]


def test_a_job_that_was_told_of_before_the_change_is_not_told_of_again(
    of_day: Round, change: Callable[..., None]
) -> None:
    search, headers = kept("instant")
    make_job(title="Night nurse", published_at=TODAY)
    assert len(of_day(0)) == 1
    for frequency in ("weekly", "daily", "instant"):
        change(search, headers, frequency=frequency)
    assert [mail for day in (1, 2, 7, 8) for mail in of_day(day)] == []


@pytest.mark.parametrize("also", [{}, {"frequency": "daily"}])
def test_what_arrived_while_there_were_no_mails_or_before_another_query_is_no_news(
    of_day: Round, change: Callable[..., None], also: dict[str, str]
) -> None:
    search, headers = kept("weekly")
    of_day(0)
    make_job(title="Night nurse", published_at=TODAY)
    of_day(1)
    if also:
        change(search, headers, query={"q": "night nurse"}, **also)
    else:
        change(search, headers, frequency="never")
        change(search, headers, frequency="daily")
    assert of_day(2) == []
    make_job(title="Night nurse again", published_at=TODAY)
    assert ["Night nurse again" in mail for mail in of_day(3)] == [True]
