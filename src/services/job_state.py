"""The life of a job: who may move it where, what publishing needs, and taking it down."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from src.caller import Caller
from src.database import Work, unit_of_work
from src.errors import Conflict, Forbidden, NotFound
from src.models import Company, Job
from src.models.lifecycle import JOB_MOVES, JobStatus
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
        allowed = moves(job.status, is_taken_down=job.taken_down_at is not None)
        if to not in allowed:
            raise Conflict(f"A job that is {job.status} cannot become {to}.", allowed=allowed)
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
    if job.status == JobStatus.PUBLISHED and job.expires_at and job.expires_at <= clock.now():
        job.status = JobStatus.EXPIRED.value
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
    """Set the dates: a repost begins anew, a pause that ends does not unless it ran out."""
    now = clock.now()
    is_resumed = job.status == JobStatus.PAUSED and job.expires_at and job.expires_at > now
    if is_resumed:
        return
    planned = job.expires_at if job.status == JobStatus.DRAFT else None
    job.published_at = now
    job.first_published_at = job.first_published_at or now
    job.expires_at = job_fields.end_of(planned, now)


def new_end(job: Any, expires_at: datetime | None) -> datetime | None:
    """The end that somebody asks of a stored job; null asks for the default.

    Raises Invalid, or Conflict when the job has expired: only a repost revives it.
    """
    if expires_at == job.expires_at:
        return expires_at
    now = clock.now()
    is_expired = job.status == JobStatus.EXPIRED or (
        job.status == JobStatus.PUBLISHED and job.expires_at is not None and job.expires_at <= now
    )
    if is_expired:
        allowed = moves(JobStatus.EXPIRED, is_taken_down=job.taken_down_at is not None)
        raise Conflict("The job has expired; publish it again.", allowed=allowed)
    runs = job.status in (JobStatus.PUBLISHED, JobStatus.PAUSED)
    begun = job.published_at if runs and job.published_at else now
    if expires_at is None and runs:
        expires_at = begun + job_fields.DEFAULT_LIFE
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
