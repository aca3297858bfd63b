"""Telling candidates of new jobs: rounds through the saved searches, and the mails they make.

A round takes the jobs that became public since the last one of its frequency and goes through all
searches of that frequency, in steps of one transaction each: what a step matched, the mails it
queued and the place it came to are committed together, so that it can end anywhere.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from src.database import Work, unit_of_work
from src.errors import DomainError
from src.models import AlertRound
from src.models.vocabulary import AlertFrequency
from src.queries import alert as alert_queries
from src.queries.job_filters import Arrived
from src.queries.job_search import Filters
from src.queries.paging import Page, PageRequest
from src.services import job_search as search_service
from src.utils import clock, db_optimization

log = structlog.get_logger("alerts")

# The jobs that one mail names, and the searches of one transaction.
MOST_JOBS, STEP = 20, 100
# When daily and weekly rounds begin, in UTC; weekly ones on Mondays.
BEGIN_HOUR = 6
# What goes over all arrivals takes as long as there are many: numbering 50,000 of them took 2.5 s.
# A search takes no longer than in a request.
ARRIVALS_SECONDS = 600
SEARCH_SECONDS = db_optimization.TIMEOUTS_MS["statement_timeout"] // 1000
# Reads a kept query as GET /jobs would; raises Invalid when that takes it no more.
Reader = Callable[[Mapping[str, Any]], Mapping[str, Any]]


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
    ends, steps, news = time.monotonic() + most_seconds, 0, _News()
    while time.monotonic() < ends and _step(frequency, read, news):
        steps += 1
    return steps


@dataclass(frozen=True)
class _Untold(search_service.Asked):
    """What a query asks for, of that what one search has not been told of."""

    search_id: int = 0

    def filters(self, without: Collection[str] = ()) -> Filters:
        all_of_it = super().filters(without)
        return replace(
            all_of_it,
            conditions=(*all_of_it.conditions, *alert_queries.UNTOLD),
            values={**all_of_it.values, "search_id": self.search_id},
        )


class _News:
    """The jobs of the running round, looked up once for all of its steps."""

    def __init__(self) -> None:
        self._known: Arrived | None = None

    def of(self, work: Work, current: AlertRound) -> Arrived:
        known, batches = self._known, _batches(current)
        if known is None or _batches(known) != batches:
            known = self._known = _arrived(work, batches)
        return known


def _arrived(work: Work, batches: dict[str, Any]) -> Arrived:
    with _unhurried(work):
        row = work.session.execute(alert_queries.ARRIVED, batches).one()
    return Arrived(**batches, jobs=row.jobs, days=row.days, countries={*row.countries})


@contextmanager
def _unhurried(work: Work) -> Iterator[None]:
    """Around what goes over all arrivals."""
    work.allow(ARRIVALS_SECONDS)
    yield
    work.allow(SEARCH_SECONDS)


def _step(frequency: AlertFrequency, read: Reader, news: _News) -> bool:
    """Match the next searches; False when there is nothing to do, or another is at it."""
    with unit_of_work() as work:
        if not work.session.execute(alert_queries.LOCK).scalar_one():
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
            _match(work, news.of(work, current), list(equal), read)
        if searches:
            current.after_key, current.after_id = searches[-1].key, searches[-1].id
        else:
            current.from_batch = current.to_batch
        return True


def catch_up(search_id: int, from_batch: int, read: Reader) -> None:
    """Tell a search, which was told up to that batch when its frequency was changed, of those that
    its new rounds were past already.
    """
    with unit_of_work() as work:
        # A step that began before the change may pass the search over: what it is past counts.
        with _unhurried(work):
            work.session.execute(alert_queries.WAIT)
        search = work.session.execute(alert_queries.ONE, {"search_id": search_id}).one_or_none()
        if search is not None and search.is_wanted and from_batch < search.told_to:
            batches = {"from_batch": from_batch, "to_batch": search.told_to}
            _match(work, _arrived(work, batches), [search], read)


def _begin(work: Work, current: AlertRound) -> bool:
    """Begin a round, if it is due and anything arrived."""
    now = clock.now()
    if current.started_at is not None and current.started_at >= last_due(current.frequency, now):
        return False
    with _unhurried(work):
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


def _match(work: Work, arrived: Arrived, equal: list[Any], read: Reader) -> None:
    """Search once for all who keep the same, and queue their mails. One that fails holds up none.

    Sorted by the newest, all words are required: a loose match among few new jobs is no news.
    """
    try:
        query = {**read(equal[0].query), "sort": "newest", "arrived": arrived}
        if query.get("country", "").upper() not in {"", *arrived.countries}:
            return
        with work.session.begin_nested():
            _tell_each(work, arrived, query, [search.id for search in equal])
    except (SQLAlchemyError, DomainError) as error:
        log.error("alert_failed", search=equal[0].id, error=type(error).__name__)


def _tell_each(
    work: Work, arrived: Arrived, query: Mapping[str, Any], search_ids: list[int]
) -> None:
    """Tell each of equal searches what is new to it.

    What one mail can name is sorted out as it is told. Of more, the newest and their number may be
    nothing to a search that is told less than others: it is run by itself.
    """
    request = PageRequest(1, MOST_JOBS, clock.now())
    page, less = search_service.search(query, request), set[int]()
    if page.total > MOST_JOBS:
        values = _batches(arrived) | {"search_ids": search_ids}
        less = {*work.session.execute(alert_queries.TOLD_LESS, values).scalars()}
    _tell(work, arrived, [each for each in search_ids if each not in less], page)
    if less:
        asked = search_service.read(query)
        for search_id in sorted(less):
            own = _Untold(asked.query, asked.named, asked.plan, asked.corpus, search_id)
            _tell(work, arrived, [search_id], search_service.find(own, request))


def _tell(work: Work, arrived: Arrived, search_ids: list[int], page: Page) -> None:
    if search_ids and page.rows:
        values = _batches(arrived) | {
            "search_ids": search_ids, "job_ids": [job.id for job in page.rows],
            "others": max(page.total - MOST_JOBS, 0),
        }  # fmt: skip
        made = work.session.execute(alert_queries.TELL, values).scalars()
        work.enqueue_many("alerts.send", [{"alert_id": alert_id} for alert_id in made])


def _batches(of: AlertRound | Arrived) -> dict[str, Any]:
    return {"from_batch": of.from_batch, "to_batch": of.to_batch}


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
