"""What the clock ends: jobs past their date, and rows past their use."""

from sqlalchemy import update

from src.database import unit_of_work
from src.models import Job
from src.models.lifecycle import JobStatus
from src.queries import freshness as freshness_queries
from src.queries import housekeeping as housekeeping_queries
from src.utils import clock

BATCH = 500


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
    """Remove sessions, one-time tokens, counted attempts and kept answers past their end.

    And invalidations that nobody came for: where no cache is set up, nobody does.
    """
    for end in housekeeping_queries.ENDS:
        with unit_of_work() as work:
            work.session.execute(housekeeping_queries.remove_ended(end, clock.now()))
    with unit_of_work() as work:
        work.session.execute(freshness_queries.FORGET_OLD)
