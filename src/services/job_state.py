"""The life of a job: who may move it where, what publishing needs, and taking it down."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from src.caller import Caller
from src.database import Work, unit_of_work
from src.errors import Conflict, Forbidden, NotFound
from src.models import Company, Job, lifecycle
from src.models.lifecycle import DEFAULT_LIFE, JOB_MOVES, JobDates, JobStatus
from src.models.vocabulary import CompanyStatus
from src.queries import job as job_queries
from src.services import access, job_fields
from src.services import job_view as view_service
from src.utils import clock, versions
from src.utils.versions import Expected

_UNVERIFIED = "Verify your e-mail address before you publish."


def move(caller: Caller, job_id: int, to: str, reason: str | None, expected: Expected) -> Any:
    """Move a job to a status; its detail row.

    Raises NotFound, Forbidden, PreconditionFailed, or Conflict with what is `allowed`.
    """
    with unit_of_work() as work:
        job = lock(work, caller, job_id, expected)
        settle(work, job)
        require_move(job, job.status, to)
        if to == JobStatus.PUBLISHED:
            require_publishable(caller, held_company(work, job.company_id))
            publish(job)
        job.status = to
        sign(job, caller, reason)
        work.session.flush()
        return view_service.row_of(job_id, caller)


def lock(
    work: Work,
    caller: Caller,
    job_id: int,
    expected: Expected,
    *,
    for_delete: bool = False,
) -> Job:
    """The job, held until the transaction ends.

    Raises NotFound, Forbidden or PreconditionFailed.
    """
    statement = job_queries.to_write(job_id, caller.company_ids, for_delete=for_delete)
    job = work.session.execute(statement).scalar_one_or_none()
    if job is None:
        raise NotFound()
    access.require_writer(caller, job.company_id)
    versions.require(expected, job.version)
    return job


def settle(work: Work, job: Job) -> None:
    """Write down what the clock has already done, so that the log tells it in its order."""
    status = lifecycle.status_now(job.status, job.expires_at, clock.now())
    if job.expires_at and status != job.status:
        job.status = status
        job.status_changed_at = job.expires_at
        job.status_changed_by_id = job.status_reason = None
        work.session.flush()


def moves(status: str, *, is_taken_down: bool) -> list[str]:
    """Where a caller may move a job; one that was taken down is never published again."""
    return [
        to.value
        for to in JOB_MOVES[JobStatus(status)]
        if not (is_taken_down and to == JobStatus.PUBLISHED)
    ]


def require_move(job: Any, status: str, to: str) -> None:
    """Raises Conflict, with what is `allowed`, when the job, now of this status, may not be moved
    to the other.
    """
    allowed = moves(status, is_taken_down=job.taken_down_at is not None)
    if to not in allowed:
        raise Conflict(f"A job that is {status} cannot become {to}.", allowed=allowed)


def held_company(work: Work, company_id: int) -> str:
    """The company's status, which is neither closed nor deleted until the transaction ends."""
    held = select(Company.status).where(Company.id == company_id)
    return work.session.scalars(held.with_for_update(read=True, key_share=True)).one()


def require_publishable(caller: Caller, company_status: str) -> None:
    """Raises Forbidden without a verified address, Conflict when the company is not active."""
    if not caller.email_verified:
        raise Forbidden(_UNVERIFIED)
    if company_status != CompanyStatus.ACTIVE:
        raise Conflict("The company is not active.", field="company_id")


def publish(job: Job) -> None:
    """Set the dates, as long as it has the status that it had."""
    dates = lifecycle.published(job.status, dates_of(job), clock.now())
    job.published_at, job.first_published_at, job.expires_at = dates


def dates_of(job: Any) -> JobDates:
    return JobDates(job.published_at, job.first_published_at, job.expires_at)


def new_end(job: Any, expires_at: datetime | None) -> datetime | None:
    """The end that somebody asks of a stored job; null asks for the default.

    Raises Invalid, or Conflict when the job has expired: only a repost revives it.
    """
    if expires_at == job.expires_at:
        return expires_at
    now = clock.now()
    if lifecycle.status_now(job.status, job.expires_at, now) == JobStatus.EXPIRED:
        allowed = moves(JobStatus.EXPIRED, is_taken_down=job.taken_down_at is not None)
        raise Conflict("The job has expired; publish it again.", allowed=allowed)
    runs = job.status in (JobStatus.PUBLISHED, JobStatus.PAUSED)
    begun = job.published_at if runs and job.published_at else now
    if expires_at is None and runs:
        expires_at = begun + DEFAULT_LIFE
    job_fields.check_expiry(expires_at, begun, now)
    return expires_at


def sign(job: Job, caller: Caller, reason: str | None) -> None:
    """Say who moved it and why; the log copies it."""
    job.status_changed_by_id = caller.user_id
    job.status_reason = reason


def take_down(caller: Caller, job_id: int, reason: str) -> Any:
    """Close a job for good, as an admin; its detail row. Done again, it changes nothing.

    Raises NotFound.
    """
    with unit_of_work() as work:
        job = work.session.get(Job, job_id, with_for_update=True, populate_existing=True)
        if job is None or job.deleted_at is not None:
            raise NotFound()
        if job.taken_down_at is None:
            settle(work, job)
            job.taken_down_at = clock.now()
            if job.status in (JobStatus.PUBLISHED, JobStatus.PAUSED):
                job.status = JobStatus.CLOSED.value
            sign(job, caller, reason)
            work.session.flush()
        return view_service.row_of(job_id, caller)
