"""What the clock ends: jobs past their date, and rows past their use."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from src.database import unit_of_work
from src.models import IdempotencyKey, Job, OneTimeToken, RateWindow, Session
from src.models.lifecycle import JobStatus
from src.queries import freshness as freshness_queries
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
    due = (
        select(Job.id)
        .where(Job.status == JobStatus.PUBLISHED, Job.expires_at <= clock.now())
        .order_by(Job.expires_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
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
    ends: tuple[InstrumentedAttribute[object], ...] = (
        Session.expires_at,
        OneTimeToken.expires_at,
        RateWindow.ends_at,
        IdempotencyKey.expires_at,
    )
    for end in ends:
        with unit_of_work() as work:
            work.session.execute(
                delete(end.class_)
                .where(end <= clock.now())
                .execution_options(synchronize_session=False)
            )
    with unit_of_work() as work:
        work.session.execute(freshness_queries.FORGET_OLD)
