"""Holding saved searches against the jobs that arrived, and queueing the mails this makes."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from src.config import STATEMENT_SECONDS
from src.database import Work
from src.errors import DomainError
from src.models import AlertRound
from src.queries import alert as alert_queries
from src.queries.job_filters import Arrived
from src.queries.job_search import Filters
from src.queries.paging import Page, PageRequest
from src.services import job_search as search_service
from src.utils import clock
from src.utils.db_failures import is_outage, sqlstate

log = structlog.get_logger("alerts")

# The jobs that one mail names.
MOST_JOBS = 20
# What goes over all arrivals takes as long as there are many: numbering 50,000 of them took 2.5 s.
# A search takes no longer than in a request.
ARRIVALS_SECONDS = 600
SEARCH_SECONDS = STATEMENT_SECONDS
# Out of time, a lock not to be had, rolled back for the sake of others.
_BROKEN_OFF = ("57014", "55P03", "40001", "40P01")
# Reads a kept query as GET /jobs would; raises Invalid when that takes it no more.
Reader = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class BrokenOff(Exception):
    """The server broke a search off, and goes on: its cause says why."""


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


class News:
    """The jobs of the running round, looked up once for all of its steps."""

    def __init__(self) -> None:
        self._known: Arrived | None = None

    def of(self, work: Work, current: AlertRound) -> Arrived:
        known, batches = self._known, _batches(current)
        if known is None or _batches(known) != batches:
            known = self._known = arrived_in(work, batches)
        return known


def arrived_in(work: Work, batches: dict[str, Any]) -> Arrived:
    with unhurried(work):
        row = work.session.execute(alert_queries.ARRIVED, batches).one()
    return Arrived(**batches, jobs=row.jobs, days=row.days, countries={*row.countries})


@contextmanager
def unhurried(work: Work) -> Iterator[None]:
    """Around what goes over all arrivals."""
    work.allow(ARRIVALS_SECONDS)
    yield
    work.allow(SEARCH_SECONDS)


def match(work: Work, arrived: Arrived, equal: list[Any], read: Reader) -> None:
    """Search once for all who keep the same, and queue their mails. One that fails holds up none.

    Sorted by the newest, all words are required: a loose match among few new jobs is no news.
    Raises BrokenOff, and what says that the database is gone.
    """
    try:
        query = {**read(equal[0].query), "sort": "newest", "arrived": arrived}
        if query.get("country", "") not in {"", *arrived.countries}:
            return
        with work.session.begin_nested():
            _tell_each(work, arrived, query, [search.id for search in equal])
    except (SQLAlchemyError, DomainError) as error:
        if isinstance(error, DBAPIError) and sqlstate(error) in _BROKEN_OFF:
            raise BrokenOff from error
        if is_outage(error):
            raise
        log.error("alert_failed", search=equal[0].id, exc_info=error)


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
