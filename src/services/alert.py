"""Telling candidates of new jobs: rounds through the saved searches, and the mails they make.

A round takes the jobs that became public since the last one of its frequency and goes through all
searches of that frequency, in steps of one transaction each: what a step matched, the mails it
queued and the place it came to are committed together, so that it can end anywhere.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import structlog

from src.database import Work, unit_of_work
from src.models import AlertRound
from src.models.vocabulary import AlertFrequency
from src.queries import alert as alert_queries
from src.queries import locks
from src.queries.job_filters import Arrived
from src.queries.locks import Lock
from src.services.alert_match import (
    ARRIVALS_SECONDS,
    BrokenOff,
    News,
    Reader,
    arrived_in,
    match,
    unhurried,
)
from src.utils import clock

log = structlog.get_logger("alerts")

# The searches of one transaction.
STEP = 100
# When daily and weekly rounds begin, in UTC; weekly ones on Mondays.
BEGIN_HOUR = 6


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail: to whom, about which search, and the rows of the jobs that are live still."""

    email: str
    search: Any
    jobs: list[Any]
    # Matches beyond those that the mail was to name.
    others: int


def advance(frequency: AlertFrequency, read: Reader, most_seconds: float) -> int:
    """Go on with the round of this frequency, or begin one that is due; how many steps it took."""
    ends, steps, news = time.monotonic() + most_seconds, 0, News()
    while time.monotonic() < ends and _step(frequency, read, news):
        steps += 1
    return steps


def _step(frequency: AlertFrequency, read: Reader, news: News) -> bool:
    """Match the next searches; False when there is nothing to do, or another is at it."""
    with unit_of_work() as work:
        if not work.session.execute(locks.attempt(Lock.ALERTS)).scalar_one():
            return False
        current = work.session.get(AlertRound, frequency, populate_existing=True)
        if current is None:
            current = AlertRound(frequency=frequency, from_batch=0, to_batch=0)
            work.session.add(current)
        if current.from_batch == current.to_batch and not _begin(work, current):
            return False
        place = {"after_key": current.after_key, "after_id": current.after_id}
        values = {"frequency": frequency, "most": STEP, **place}
        searches = work.session.execute(alert_queries.NEXT, values).all()
        wanted = (search for search in searches if search.is_wanted)
        for _, equal in groupby(wanted, key=lambda search: search.key):
            _match_now_or_later(work, news.of(work, current), list(equal), read)
        if searches:
            current.after_key, current.after_id = searches[-1].key, searches[-1].id
        else:
            current.from_batch = current.to_batch
        return True


def _match_now_or_later(work: Work, arrived: Arrived, equal: list[Any], read: Reader) -> None:
    """What is broken off is tried again by itself, a bounded number of times: it holds up nobody
    else's round.
    """
    try:
        match(work, arrived, equal, read)
    except BrokenOff as broken:
        log.warning("alert_broken_off", search=equal[0].id, exc_info=broken)
        behind = [
            {"search_id": search.id, "from_batch": arrived.from_batch} for search in equal
        ]  # fmt: skip
        work.enqueue_many("alerts.catch_up", behind)


def catch_up(search_id: int, from_batch: int, read: Reader) -> None:
    """Tell a search of the batches after that one which its rounds are past already: it was told up
    to there when its frequency was changed, or was broken off since.

    Raises BrokenOff.
    """
    with unit_of_work() as work:
        # A step that began before the change may pass the search over: what it is past counts.
        with unhurried(work):
            work.session.execute(alert_queries.WAIT)
        search = work.session.execute(alert_queries.ONE, {"search_id": search_id}).one_or_none()
        if search is not None and search.is_wanted and from_batch < search.told_to:
            batches = {"from_batch": from_batch, "to_batch": search.told_to}
            match(work, arrived_in(work, batches), [search], read)


def _begin(work: Work, current: AlertRound) -> bool:
    """Begin a round, if it is due and anything arrived."""
    now = clock.now()
    if current.started_at is not None and current.started_at >= last_due(current.frequency, now):
        return False
    with unhurried(work):
        newest: int = work.session.execute(alert_queries.NUMBER).scalar_one()
    if current.frequency != AlertFrequency.INSTANT:
        current.started_at = now
    if newest <= current.from_batch:
        return False
    current.to_batch, current.after_key, current.after_id = newest, "", 0
    return True


def last_due(frequency: str, now: datetime) -> datetime:
    """When the last round of this frequency was to begin; instant ones always are."""
    if frequency == AlertFrequency.INSTANT:
        return now
    today = now.replace(hour=BEGIN_HOUR, minute=0, second=0, microsecond=0)
    back = now.weekday() if frequency == AlertFrequency.WEEKLY else 0
    due = today - timedelta(days=back)
    period = timedelta(days=7 if frequency == AlertFrequency.WEEKLY else 1)
    return due if due <= now else due - period


def claim(alert_id: int) -> Delivery | None:
    """What to send, for the one who may; None when it was sent, or is not wanted any more."""
    with unit_of_work() as work:
        row = work.session.execute(alert_queries.CLAIM, {"alert_id": alert_id}).one_or_none()
        if row is None or not row.is_wanted:
            return None
        jobs = work.session.execute(alert_queries.STILL_LIVE, {"job_ids": row.job_ids}).all()
        return Delivery(row.email, row, list(jobs), row.total - len(row.job_ids)) if jobs else None


def release(alert_id: int) -> None:
    """The mail was not taken: it may be sent again."""
    with unit_of_work() as work:
        work.session.execute(alert_queries.RELEASE, {"alert_id": alert_id})


def forget() -> None:
    """Remove arrivals that all rounds are past, and what is known of mails sent long ago."""
    with unit_of_work() as work:
        work.allow(ARRIVALS_SECONDS)
        work.session.execute(alert_queries.FORGET)
        work.session.execute(alert_queries.FORGET_SENT)
