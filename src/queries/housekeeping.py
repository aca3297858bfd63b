"""What the clock ends and removes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, inspect, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.dml import ReturningDelete

from src.models import IdempotencyKey, Invitation, Job, OneTimeToken, RateWindow, Session
from src.models.lifecycle import JobStatus

# Removed within a statement's usual deadline, however many more there are.
MOST_AT_ONCE = 2_000
ENDS: tuple[InstrumentedAttribute[Any], ...] = (
    Session.expires_at,
    OneTimeToken.expires_at,
    RateWindow.ends_at,
    IdempotencyKey.expires_at,
    Invitation.expires_at,
)
"""The columns that say when a row has had its use."""


def due_jobs(now: datetime, most: int) -> Select[int]:
    """The published jobs whose time is over, locked; those that somebody else holds come later."""
    return (
        select(Job.id)
        .where(Job.status == JobStatus.PUBLISHED, Job.expires_at <= now)
        .order_by(Job.expires_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )


def remove_ended(
    end: InstrumentedAttribute[Any], now: datetime
) -> ReturningDelete[tuple[Any, ...]]:
    """Remove the rows of a table that are past their end, MOST_AT_ONCE of them, the oldest first;
    those that somebody else holds come later.
    """
    keys = inspect(end.class_).primary_key
    held = (
        select(*keys)
        .where(end <= now)
        .order_by(end)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("held")
    )
    return (
        delete(end.class_)
        .where(tuple_(*keys).in_(select(held)))
        .returning(*keys)
        .execution_options(synchronize_session=False)
    )
