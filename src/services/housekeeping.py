"""What the clock ends: jobs past their date, and rows past their use."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from src.database import unit_of_work
from src.models import Job
from src.models.lifecycle import JobStatus
from src.queries import freshness as freshness_queries
from src.queries import housekeeping as housekeeping_queries
from src.utils import clock

log = structlog.get_logger("tasks")

BATCH = 500
# The outbox has no index by age: removed in parts, it would be read for each.
OUTBOX_SECONDS = 600


def expire_jobs() -> int:
    """End the published jobs whose time is over, in batches; how many."""
    ended = 0
    while True:
        batch = _expire_batch()
        ended += batch
        if batch < BATCH:
            return ended


def _expire_batch() -> int:
    due = housekeeping_queries.due_jobs(clock.now(), BATCH)
    with unit_of_work() as work:
        moved = work.session.execute(
            update(Job)
            .where(Job.id.in_(due))
            .values(status=JobStatus.EXPIRED, status_changed_by_id=None, status_reason=None)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        ).all()
    return len(moved)


def purge() -> None:
    """Remove sessions, one-time tokens, counted attempts, kept answers and invitations past their
    end, in batches.

    And invalidations that nobody came for: where no cache is set up, nobody does.
    """
    now = clock.now()
    for end in housekeeping_queries.ENDS:
        with _apart(end.class_.__tablename__):
            while _remove_batch(end, now) == housekeeping_queries.MOST_AT_ONCE:
                pass
    with _apart("cache_outbox"), unit_of_work() as work:
        work.allow(OUTBOX_SECONDS)
        work.session.execute(freshness_queries.FORGET_OLD)


@contextmanager
def _apart(table: str) -> Iterator[None]:
    """What is wrong with one table is no reason to leave the others."""
    try:
        yield
    except Exception:
        log.exception("purge_failed", table=table)


def _remove_batch(end: InstrumentedAttribute[Any], now: datetime) -> int:
    with unit_of_work() as work:
        return len(work.session.execute(housekeeping_queries.remove_ended(end, now)).all())
