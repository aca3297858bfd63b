"""What the clock ends and removes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Select, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from src.models import IdempotencyKey, Invitation, Job, OneTimeToken, RateWindow, Session
from src.models.lifecycle import JobStatus

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


def remove_ended(end: InstrumentedAttribute[Any], now: datetime) -> Delete:
    """Remove the rows of a table that are past their end."""
    return (
        delete(end.class_).where(end <= now).execution_options(synchronize_session=False)
    )  # fmt: skip
