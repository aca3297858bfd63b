"""Applying, reading, rating and withdrawing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from src.caller import Caller, Role
from src.database import Work, db, unit_of_work
from src.errors import Conflict, Forbidden, NotFound
from src.models import Application, Job
from src.models.lifecycle import JobStatus
from src.models.vocabulary import ApplyBy, CompanyStatus
from src.queries import application as application_queries
from src.queries import limits as limit_queries
from src.queries.paging import Order, Page, PageRequest, Rows
from src.services import letters, limits, listing
from src.services.access import hold_account, require_member, require_writer
from src.utils import versions
from src.utils.versions import Expected


def apply(caller: Caller, job_id: int, values: Mapping[str, Any]) -> Any:
    """A new application of the caller.

    Raises Forbidden before the address is verified, NotFound, TooMany, and Conflict when the job
    takes none or the caller has applied already.
    """
    if not caller.email_verified:
        raise Forbidden("Verify your e-mail address first.")
    with unit_of_work() as work:
        hold_account(work, caller)
        job = _job_to_apply(work, caller, job_id)
        limits.take(limit_queries.APPLICATIONS, caller.known_id)
        statement = insert(Application).values(
            job_id=job.id, company_id=job.company_id, candidate_id=caller.user_id, **values
        )
        made = work.session.execute(
            statement.on_conflict_do_nothing().returning(Application.id)
        ).scalar_one_or_none()
        if made is None:
            # Somebody else's tab was a moment faster.
            raise _applied_already(_job_to_apply(work, caller, job_id, again=True).earlier_id)
        _tell_of_arrival(work, caller, job)
    return find(made)


def of_caller(caller: Caller, statuses: list[str], request: PageRequest) -> Page:
    """The caller's own applications, newest first."""
    statement = application_queries.of_candidate(caller.known_id, statuses)
    return _fetch(statement, application_queries.ORDERS["newest"], request)


def of_companies(caller: Caller, query: dict[str, Any], request: PageRequest) -> Page:
    """The applications to the caller's companies. Raises NotFound for another's company."""
    company_id = query.get("company_id")
    if company_id is not None:
        require_member(caller, company_id)
    companies = caller.company_ids if company_id is None else (company_id,)
    statement = application_queries.of_companies(companies, query)
    return _fetch(statement, application_queries.ORDERS[query["sort"]], request)


def best_of_job(caller: Caller, job_id: int, request: PageRequest) -> Page:
    """The applications for a job of the caller's, best first. Raises NotFound."""
    companies = (_company_of_job(caller, job_id),)
    statement = application_queries.of_companies(companies, {"job_id": job_id})
    return _fetch(statement, application_queries.BEST, request)


def of_job(caller: Caller, job_id: int, query: dict[str, Any], request: PageRequest) -> Page:
    """The applications for a job of the caller's. Raises NotFound."""
    companies = (_company_of_job(caller, job_id),)
    statement = application_queries.of_companies(companies, {**query, "job_id": job_id})
    return _fetch(statement, application_queries.ORDERS[query["sort"]], request)


def read(caller: Caller, application_id: int) -> Any:
    """An application of the caller's own or to the caller's company. Raises NotFound."""
    row = find(application_id)
    is_own = caller.role == Role.CANDIDATE and row.candidate_id == caller.user_id
    if not is_own and not caller.is_member(row.company_id):
        raise NotFound()
    return row


def history(caller: Caller, application_id: int, request: PageRequest) -> tuple[Any, Page]:
    """An application that the caller may read, and its moves. Raises NotFound."""
    row = read(caller, application_id)
    statement = application_queries.history(application_id)
    return row, listing.fetch(statement, application_queries.HISTORY_ORDER, request)


def rate(caller: Caller, application_id: int, values: Mapping[str, Any], expected: Expected) -> Any:
    """The application, rated if `values` says so.

    Raises NotFound, Forbidden, PreconditionFailed, Conflict.
    """
    with unit_of_work() as work:
        lock(work, caller, application_id, expected)
        if values:
            work.session.execute(
                update(Application).where(Application.id == application_id).values(**values),
                execution_options={"synchronize_session": False},
            )
    return find(application_id)


def lock(work: Work, caller: Caller, application_id: int, expected: Expected = None) -> Any:
    """An application to the caller's company, held for writing.

    Raises NotFound, Forbidden, PreconditionFailed, and Conflict when nobody is named in it.
    """
    row = hold(work, caller, application_id)
    require_person(row)
    versions.require(expected, row.version)
    return row


def hold(work: Work, caller: Caller, application_id: int) -> Any:
    """The same whether anybody is named in it or not. Raises NotFound, Forbidden."""
    statement = application_queries.applications().where(Application.id == application_id)
    row = work.session.execute(statement.with_for_update(of=Application)).one_or_none()
    if row is None:
        raise NotFound()
    require_writer(caller, row.company_id)
    return row


def require_person(row: Any) -> None:
    """Raises Conflict when the person was taken out of the application: it is over."""
    if row.redacted_at is not None:
        raise Conflict(
            "This application is long over, and nobody is named in it any more.", field="status"
        )


def lock_own(work: Work, caller: Caller, application_id: int, expected: Expected) -> Any:
    """The caller's own application, held for writing.

    Raises NotFound, PreconditionFailed, and Conflict when nobody is named in it.
    """
    statement = application_queries.applications().where(
        Application.id == application_id, Application.candidate_id == caller.user_id
    )
    row = work.session.execute(statement.with_for_update(of=Application)).one_or_none()
    if row is None:
        raise NotFound()
    require_person(row)
    versions.require(expected, row.version)
    return row


def require_for_company(caller: Caller, application_id: int) -> Any:
    """An application to the caller's company, for reading. Raises NotFound."""
    row = find(application_id)
    require_member(caller, row.company_id)
    return row


def find(application_id: int) -> Any:
    """Any application, whoever asks. Raises NotFound."""
    statement = application_queries.applications().where(Application.id == application_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound()
    return row


def _fetch(statement: Rows, order: Order, request: PageRequest) -> Page:
    return listing.fetch(statement, order, request, application_queries.shown)


def _company_of_job(caller: Caller, job_id: int) -> int:
    company_id = db.session.execute(select(Job.company_id).where(Job.id == job_id)).scalar()
    if company_id is None:
        raise NotFound()
    require_member(caller, company_id)
    return int(company_id)


def _job_to_apply(work: Work, caller: Caller, job_id: int, *, again: bool = False) -> Any:
    values = {"job_id": job_id, "user_id": caller.user_id}
    job = work.session.execute(application_queries.JOB_TO_APPLY, values).one_or_none()
    if job is None or job.status == JobStatus.DRAFT or job.first_published_at is None:
        raise NotFound()
    if again:
        return job
    if job.earlier_id is not None:
        raise _applied_already(job.earlier_id)
    is_live = job.status == JobStatus.PUBLISHED and not job.has_expired
    if not is_live or job.company_status != CompanyStatus.ACTIVE:
        raise Conflict("This job takes no applications any more.", field="status")
    if job.application_type != ApplyBy.INTERNAL:
        raise Conflict(
            "This job takes applications elsewhere.", url=job.application_url, field="application"
        )
    return job


def _applied_already(earlier_id: int) -> Conflict:
    url = f"/api/v1/applications/{earlier_id}"
    return Conflict("You have already applied for this job.", url=url)


def _tell_of_arrival(work: Work, caller: Caller, job: Any) -> None:
    letters.post(
        work, caller.known_email, letters.application_received(job.title, job.company_name)
    )
    owners = work.session.execute(
        application_queries.OWNERS, {"company_id": job.company_id}
    ).scalars()
    letter = letters.application_arrived(job.title)
    letters.post_many(work, [(address, letter) for address in owners])
