"""What companies offer to those who work there."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import PUBLIC, Caller, Role, Scope
from src.routes.contract import answers, body, query
from src.routes.idempotent import idempotent
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas.company import BenefitIn, BenefitOut, BenefitPatch, benefit
from src.schemas.page import PageIn, page_of
from src.services import benefit as benefit_service
from src.services import company as company_service

blueprint = Blueprint("benefit", __name__, url_prefix="/api/v1")


@blueprint.get("/companies/<int:company_id>/benefits")
@requires(PUBLIC, scope=Scope.JOBS_READ)
@query(PageIn)
@answers(200, page_of(BenefitOut))
def list_benefits(caller: Caller, company_id: int, query: Query) -> Response:
    """List what a company offers."""
    asked = page_request(query)
    company_service.read(str(whole_id(company_id)), caller)
    return page_answer(benefit_service.browse(company_id, asked), asked, benefit)


@blueprint.post("/companies/<int:company_id>/benefits")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@idempotent
@body(BenefitIn)
@answers(201, BenefitOut, fails=(409,))
def post_benefit(caller: Caller, company_id: int, body: dict[str, Any]) -> Response:
    """Add a benefit."""
    return answer(benefit(benefit_service.create(caller, company_id, body)), 201)


@blueprint.patch("/companies/<int:company_id>/benefits/<int:benefit_id>")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@body(BenefitPatch)
@answers(200, BenefitOut, fails=(409,))
def patch_benefit(
    caller: Caller, company_id: int, benefit_id: int, body: dict[str, Any]
) -> Response:
    """Change a benefit."""
    row = benefit_service.change(caller, company_id, whole_id(benefit_id), body)
    return answer(benefit(row))


@blueprint.delete("/companies/<int:company_id>/benefits/<int:benefit_id>")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@answers(204)
def delete_benefit(caller: Caller, company_id: int, benefit_id: int) -> Response:
    """Take a benefit off."""
    benefit_service.remove(caller, company_id, whole_id(benefit_id))
    return answer(None, 204)
