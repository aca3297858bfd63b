"""The two state machines: which status may follow which, and who may ask for it."""

from enum import StrEnum


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
