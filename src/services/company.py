"""Companies: founding, changing, closing, and what operators decide about them."""

from typing import Any

from sqlalchemy import func, select, update

from src.caller import Caller, MemberRole
from src.database import Work, db, unit_of_work
from src.errors import Conflict, NotFound
from src.models import Company, Job, Membership
from src.models.lifecycle import JobStatus
from src.models.vocabulary import CompanyStatus
from src.queries import activity as activity_queries
from src.queries import company as company_queries
from src.queries.locks import Lock
from src.queries.paging import Page, PageRequest
from src.services import listing, slugs
from src.services.access import require_owner, require_writer
from src.services.slugs import Slugs
from src.utils import versions
from src.utils.versions import Expected

_SLUGS = Slugs(Company.slug, Lock.COMPANIES, "company")
# What a company was known by when it was verified.
_VERIFIED_BY = ("name", "website", "logo_url")


def browse(query: dict[str, Any], request: PageRequest) -> Page:
    """The active companies that pass the filters."""
    statement, order = company_queries.listed(query), company_queries.order(query["sort"])
    return listing.fetch(statement, order, request, company_queries.shown)


def read(name: str, caller: Caller) -> Any:
    """The company of an id or slug.

    Raises NotFound; a suspended or deleted one is there for its members only.
    """
    row = db.session.execute(company_queries.by_name_or_id(name)).one_or_none()
    if row is None or (row.status != CompanyStatus.ACTIVE and not caller.is_member(row.id)):
        raise NotFound()
    return row


def activity(company_id: int, request: PageRequest) -> Page:
    """The newest moves of the company's jobs and applications."""
    newest = activity_queries.moves(company_id, request)
    order, all_moves = activity_queries.order(newest), activity_queries.moves(company_id)
    return listing.fetch(newest, order, request, activity_queries.shown, all_moves)


def found(caller: Caller, values: dict[str, Any]) -> Any:
    """A new company, owned by the caller."""
    with unit_of_work() as work:
        company = Company(**_columns(values), slug=slugs.free(work, _SLUGS, values["name"]))
        work.session.add(company)
        work.session.flush()
        work.session.add(
            Membership(company_id=company.id, user_id=caller.user_id, role=MemberRole.OWNER)
        )
    return _reread(company.id)


def change(caller: Caller, company_id: int, values: dict[str, Any], expected: Expected) -> Any:
    """The company with the given fields changed; one that looks like another is not verified any
    more.

    Raises NotFound, Forbidden, PreconditionFailed.
    """
    require_writer(caller, company_id)
    with unit_of_work() as work:
        row = _locked(work, company_id, expected)
        columns = _columns(values)
        if any(name in columns and columns[name] != getattr(row, name) for name in _VERIFIED_BY):
            columns["is_verified"] = False
        if columns:
            work.session.execute(
                update(Company).where(Company.id == company_id).values(columns),
                execution_options={"synchronize_session": False},
            )
    return _reread(company_id)


def close(caller: Caller, company_id: int, expected: Expected) -> None:
    """Delete the company; its jobs and their applications stay readable to those they concern.

    Raises NotFound, Forbidden, PreconditionFailed, and Conflict while it has published jobs.
    """
    require_owner(caller, company_id)
    with unit_of_work() as work:
        _locked(work, company_id, expected)
        # Deleting first waits for those who are publishing, so that their jobs are seen below.
        _decide(work, company_id, {"status": CompanyStatus.DELETED})
        published = select(Job.id).where(
            Job.company_id == company_id,
            Job.status == JobStatus.PUBLISHED,
            Job.expires_at > func.now(),
            # None that is deleted is published; said, so that an index may be used.
            Job.deleted_at.is_(None),
        )
        if work.session.execute(published.limit(1)).first():
            raise Conflict(
                "The company has published jobs: close or archive them first.",
                url=f"/api/v1/employer/jobs?company_id={company_id}&status=published",
            )


def verify(company_id: int) -> Any:
    """The company, marked as verified."""
    return _as_operator(company_id, {"is_verified": True}, {CompanyStatus.ACTIVE})


def suspend(company_id: int) -> Any:
    """The company, hidden with its jobs."""
    values = {"status": CompanyStatus.SUSPENDED}
    return _as_operator(company_id, values, {CompanyStatus.ACTIVE})


def reinstate(company_id: int) -> Any:
    """The company, shown again with its jobs."""
    values = {"status": CompanyStatus.ACTIVE}
    return _as_operator(company_id, values, {CompanyStatus.SUSPENDED})


def _as_operator(company_id: int, values: dict[str, Any], allowed: set[CompanyStatus]) -> Any:
    """Doing again what is done changes nothing. Raises NotFound and Conflict."""
    with unit_of_work() as work:
        row = _locked(work, company_id, None)
        if any(getattr(row, name) != value for name, value in values.items()):
            if row.status not in allowed:
                raise Conflict(f"The company is {row.status}.", field="status")
            _decide(work, company_id, values)
    return _reread(company_id)


def _decide(work: Work, company_id: int, values: dict[str, Any]) -> None:
    work.session.execute(
        update(Company).where(Company.id == company_id).values(values),
        execution_options={"synchronize_session": False},
    )


def _locked(work: Work, company_id: int, expected: Expected) -> Any:
    statement = select(
        Company.status, Company.version, Company.is_verified,
        *(getattr(Company, name) for name in _VERIFIED_BY),
    )  # fmt: skip
    row = work.session.execute(
        statement.where(Company.id == company_id).with_for_update(key_share=True)
    ).one_or_none()
    if row is None or row.status == CompanyStatus.DELETED:
        raise NotFound()
    versions.require(expected, row.version)
    return row


def _reread(company_id: int) -> Any:
    statement = company_queries.companies().where(Company.id == company_id)
    return db.session.execute(statement).one()


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """The columns of the given fields; a place is changed part by part, or cleared as a whole."""
    columns = {name: value for name, value in values.items() if name != "location"}
    if "location" in values:
        place = values["location"]
        columns |= dict.fromkeys(("city", "region", "country")) if place is None else place
    return columns
