"""Companies."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import PUBLIC, Caller, Role, Scope
from src.routes.cached import cached
from src.routes.contract import answers, body, if_match, query
from src.routes.fresh import Fresh, counted_until
from src.routes.idempotent import idempotent
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas.company import (
    ActivityOut,
    CompaniesIn,
    CompanyIn,
    CompanyOut,
    CompanyPatch,
    activity,
    company,
)
from src.schemas.page import PageIn, page_of
from src.services import audit as audit_service
from src.services import company as company_service
from src.services.access import require_member
from src.utils.versions import Expected

blueprint = Blueprint("company", __name__, url_prefix="/api/v1")


@blueprint.get("/companies")
@requires(PUBLIC, scope=Scope.JOBS_READ)
@query(CompaniesIn)
@answers(200, page_of(CompanyOut))
@cached("company_list")
def list_companies(caller: Caller, query: Query) -> Fresh:
    """List companies by words, industry and verification."""
    asked = page_request(query)
    page = company_service.browse(query, asked)
    until = counted_until(page.rows[0].next_end if page.rows else None)
    response = page_answer(page, asked, lambda row: company(row, caller))
    return Fresh(response, until, apart=[row.id for row in page.rows])


@blueprint.post("/companies")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@idempotent
@body(CompanyIn)
@answers(201, CompanyOut)
def post_company(caller: Caller, body: dict[str, Any]) -> Response:
    """Open a company and become its owner."""
    row = company_service.found(caller, body)
    shown = company(row, as_admin=True)
    return answer(shown, 201, version=row.version, location=f"/api/v1/companies/{row.id}")


@blueprint.get("/companies/<company_id>")
@requires(PUBLIC, scope=Scope.JOBS_READ)
@answers(200, CompanyOut)
@cached("company_profile")
def get_company(caller: Caller, company_id: str) -> Fresh:
    """Read a company by id or slug."""
    row = company_service.read(company_id, caller)
    response = answer(company(row, caller), version=row.version)
    return Fresh(response, counted_until(row.next_end), apart=[row.id])


@blueprint.patch("/companies/<int:company_id>")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@if_match
@body(CompanyPatch)
@answers(200, CompanyOut)
def patch_company(
    caller: Caller, company_id: int, body: dict[str, Any], expected: Expected
) -> Response:
    """Change a company."""
    row = company_service.change(caller, whole_id(company_id), body, expected)
    return answer(company(row, caller), version=row.version)


@blueprint.delete("/companies/<int:company_id>")
@requires(Role.EMPLOYER)
@if_match
@answers(204, fails=(409,))
def delete_company(caller: Caller, company_id: int, expected: Expected) -> Response:
    """Delete a company without published jobs."""
    company_service.close(caller, whole_id(company_id), expected)
    return answer(None, 204)


@blueprint.get("/companies/<int:company_id>/activity")
@requires(Role.EMPLOYER, scope=Scope.JOBS_READ)
@query(PageIn)
@answers(200, page_of(ActivityOut))
@cached("company_activity")
def list_activity(caller: Caller, company_id: int, query: Query) -> Fresh:
    """List what happened to the company's jobs and applications."""
    require_member(caller, company_id)
    asked = page_request(query)
    page = company_service.activity(company_id, asked)
    return Fresh(
        page_answer(page, asked, activity), seen=audit_service.seen_in_moves(company_id, page.rows)
    )


@blueprint.post("/companies/<int:company_id>/verify")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@idempotent
@answers(200, CompanyOut)
def verify_company(caller: Caller, company_id: int) -> Response:
    """Mark a company as verified."""
    row = company_service.verify(whole_id(company_id))
    return answer(company(row, as_admin=True), version=row.version)


@blueprint.post("/companies/<int:company_id>/suspend")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@idempotent
@answers(200, CompanyOut)
def suspend_company(caller: Caller, company_id: int) -> Response:
    """Hide a company and its jobs."""
    row = company_service.suspend(whole_id(company_id))
    return answer(company(row, as_admin=True), version=row.version)


@blueprint.post("/companies/<int:company_id>/reinstate")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@idempotent
@answers(200, CompanyOut)
def reinstate_company(caller: Caller, company_id: int) -> Response:
    """Show a suspended company and its jobs again."""
    row = company_service.reinstate(whole_id(company_id))
    return answer(company(row, as_admin=True), version=row.version)
