"""The two state machines: which status may follow which, who may ask for it, and when jobs end."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

DEFAULT_LIFE = timedelta(days=30)


class JobStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"
    CLOSED = "closed"
    EXPIRED = "expired"
    ARCHIVED = "archived"


class ApplicationStatus(StrEnum):
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    SHORTLISTED = "shortlisted"
    INTERVIEWED = "interviewed"
    OFFERED = "offered"
    HIRED = "hired"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


# The pipeline in its order; a stage's place in it is what `furthest_stage` holds.
STAGES = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.UNDER_REVIEW,
    ApplicationStatus.SHORTLISTED,
    ApplicationStatus.INTERVIEWED,
    ApplicationStatus.OFFERED,
    ApplicationStatus.HIRED,
)

_J = JobStatus
JOB_MOVES: dict[JobStatus, tuple[JobStatus, ...]] = {
    _J.DRAFT: (_J.PUBLISHED, _J.ARCHIVED),
    _J.PUBLISHED: (_J.PAUSED, _J.CLOSED),
    _J.PAUSED: (_J.PUBLISHED, _J.CLOSED, _J.ARCHIVED),
    _J.CLOSED: (_J.PUBLISHED, _J.ARCHIVED),
    _J.EXPIRED: (_J.PUBLISHED, _J.ARCHIVED),
    _J.ARCHIVED: (),
}
"""What a caller may ask of a job; `expired` is set by the clock alone."""


class JobDates(NamedTuple):
    published_at: datetime | None
    first_published_at: datetime | None
    expires_at: datetime | None


def status_now(status: str, expires_at: datetime | None, now: datetime) -> str:
    """The status by the clock: what has run out is `expired` before any sweep."""
    if status == _J.PUBLISHED and expires_at is not None and expires_at <= now:
        return _J.EXPIRED.value
    return str(status)


def published(status: str, dates: JobDates, now: datetime) -> JobDates:
    """The dates of a job of this status that is published now.

    A repost begins anew, a pause that ends does not unless it ran out, and a draft keeps the end
    it plans if that is still to come.
    """
    is_to_come = dates.expires_at is not None and dates.expires_at > now
    if status == _J.PAUSED and is_to_come:
        return dates
    is_planned = status == _J.DRAFT and is_to_come
    ends = dates.expires_at if is_planned else now + DEFAULT_LIFE
    return JobDates(now, dates.first_published_at or now, ends)


_A = ApplicationStatus
OPEN_APPLICATION = STAGES[:-1]
FINAL_APPLICATION = (_A.HIRED, _A.REJECTED, _A.WITHDRAWN)


def company_moves(status: ApplicationStatus) -> tuple[ApplicationStatus, ...]:
    """What a company may do next: any stage ahead, one step back (never to submitted), reject."""
    if status == _A.REJECTED:
        return (_A.UNDER_REVIEW,)
    if status not in OPEN_APPLICATION:
        return ()
    place = STAGES.index(status)
    step_back = STAGES[place - 1 : place] if place > 1 else ()
    return (*step_back, *STAGES[place + 1 :], _A.REJECTED)


def candidate_moves(status: ApplicationStatus) -> tuple[ApplicationStatus, ...]:
    """What a candidate may do next: withdraw while the application is open."""
    return (_A.WITHDRAWN,) if status in OPEN_APPLICATION else ()
