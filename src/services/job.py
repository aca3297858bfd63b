"""Writing jobs: create, change, delete, copy, report; and the list of a company's own."""

from collections.abc import Collection, Mapping
from typing import Any

from src.caller import Caller
from src.database import db, unit_of_work
from src.errors import Conflict, Invalid, NotFound
from src.models import Job, JobReport
from src.models.lifecycle import JobStatus
from src.queries import job as job_queries
from src.queries import limits as limit_queries
from src.queries.paging import Page, PageRequest
from src.services import access, job_fields, job_state, limits, listing
from src.services import job_view as view_service
from src.utils import clock
from src.utils.addresses import network
from src.utils.versions import Expected

# Which jobs are so changes with the end of one, without a write.
_BY_THE_CLOCK = {JobStatus.PUBLISHED, JobStatus.EXPIRED}
_COLUMNS = {column.key for column in Job.__table__.columns}
# A copy begins its own life: it has other dates, states, marks and identities.
_NOT_COPIED = {
    "id", "external_id", "fingerprint", "is_featured", "status", "status_changed_by_id",
    "status_reason", "status_changed_at", "published_at", "first_published_at", "expires_at",
    "taken_down_at", "deleted_at", "created_at", "updated_at", "version", "created_by_id",
}  # fmt: skip


def create(caller: Caller, body: Mapping[str, Any]) -> Any:
    """A new job, a draft or published at once; its detail row.

    Raises NotFound, Forbidden, Invalid or Conflict.
    """
    company_id = company_of(caller, body.get("company_id"))
    access.require_writer(caller, company_id)
    columns = job_fields.columns_of(body)
    now = clock.now()
    job_fields.check_expiry(columns["expires_at"], now, now)
    with unit_of_work() as work:
        job_fields.check(columns, columns["category_id"])
        job = Job(company_id=company_id, created_by_id=caller.user_id, **columns)
        if body["publish"]:
            job_state.require_publishable(caller, job_state.held_company(work, company_id))
            job.status = JobStatus.DRAFT.value
            job_state.publish(job)
            job.status = JobStatus.PUBLISHED.value
            job_state.sign(job, caller, None)
        work.session.add(job)
        work.session.flush()
        return view_service.row_of(job.id, caller)


def company_of(caller: Caller, company_id: int | None) -> int:
    """The company that is named, or the only one the caller may write for.

    Raises Invalid, naming the choices, when that is not one.
    """
    if company_id is not None:
        return company_id
    writable = [known for known in caller.company_ids if caller.may_write(known)]
    if len(writable) == 1:
        return writable[0]
    if len(caller.company_ids) == 1:
        # Of a viewer: what follows says that they may not.
        return caller.company_ids[0]
    choices = ", ".join(map(str, writable)) or "none"
    raise Invalid({"company_id": [f"Say which of your companies: {choices}."]})


def patch(caller: Caller, job_id: int, body: Mapping[str, Any], expected: Expected) -> Any:
    """Change what the body names; its detail row. A published job stays live.

    Raises NotFound, Forbidden, PreconditionFailed, Invalid or Conflict.
    """
    columns = job_fields.columns_of(body)
    with unit_of_work() as work:
        job = job_state.lock(work, caller, job_id, expected)
        if "expires_at" in columns:
            columns["expires_at"] = job_state.new_end(job, columns["expires_at"])
        stored = {name: getattr(job, name) for name in _COLUMNS}
        job_fields.check(stored | columns, columns.get("category_id"))
        for name, value in columns.items():
            if stored[name] != value:
                setattr(job, name, value)
        work.session.flush()
        return view_service.row_of(job_id, caller)


def delete(caller: Caller, job_id: int, expected: Expected) -> None:
    """Delete a job: for good when it was never public, else it is archived out of sight.

    Raises NotFound, Forbidden, PreconditionFailed, or Conflict when people applied.
    """
    with unit_of_work() as work:
        job = job_state.lock(work, caller, job_id, expected, for_delete=True)
        if work.session.execute(job_queries.has_applications(job_id)).scalar_one():
            raise Conflict(
                "People have applied for this job: archive it instead.", allowed=["archived"]
            )
        if job.first_published_at is None and job.published_at is None:
            work.session.delete(job)
            return
        job_state.settle(work, job)
        job.deleted_at = clock.now()
        # Its name in the company's own system may be used again.
        job.external_id = None
        job.status = JobStatus.ARCHIVED.value
        job_state.sign(job, caller, "deleted")


def duplicate(caller: Caller, job_id: int) -> Any:
    """A new draft with the texts and conditions of a job; its detail row.

    Raises NotFound or Forbidden.
    """
    with unit_of_work() as work:
        job = job_state.lock(work, caller, job_id, None)
        names = _COLUMNS - _NOT_COPIED
        copy = Job(created_by_id=caller.user_id, **{name: getattr(job, name) for name in names})
        work.session.add(copy)
        work.session.flush()
        return view_service.row_of(copy.id, caller)


def count_report(caller: Caller) -> None:
    """Count what `report` is about to do, whatever becomes of it. Raises TooMany."""
    reporter = network(caller.address) if caller.is_anonymous else str(caller.user_id)
    limits.take(limit_queries.REPORTS, reporter)


def report(caller: Caller, job_id: int, body: Mapping[str, Any]) -> JobReport:
    """Tell the operators that a job is wrong; anybody who sees it may, some times an hour.

    Raises NotFound, Gone, or Unauthenticated when the account was erased meanwhile.
    """
    with unit_of_work() as work:
        view_service.read(caller, job_id)
        if not caller.is_anonymous:
            access.hold_account(work, caller)
        row = JobReport(job_id=job_id, reporter_id=caller.user_id, **body)
        work.session.add(row)
        work.session.flush()
        return row


def of_employer(
    caller: Caller, company_id: int | None, statuses: Collection[str], request: PageRequest
) -> Page:
    """The jobs of the caller's companies, or of one of them, in all states, newest first.

    Raises NotFound when the company is not theirs.
    """
    if company_id is not None and not caller.is_member(company_id):
        raise NotFound()
    company_ids = caller.company_ids if company_id is None else (company_id,)
    until = None
    if _BY_THE_CLOCK.intersection(statuses):
        # Before the page: a job that ends in between makes it old.
        until = db.session.execute(job_queries.next_end(company_ids)).scalar_one()
    statement = job_queries.of_companies(company_ids, statuses)
    page = listing.fetch(statement, job_queries.NEWEST, request, job_queries.shown)
    page.until = until
    return page
