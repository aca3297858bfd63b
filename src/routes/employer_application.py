"""The applications to all companies of an employer."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, Role, Scope
from src.routes.cached import cached
from src.routes.contract import answers, body, costly, query
from src.routes.fresh import Fresh
from src.routes.idempotent import idempotent_after
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas.application import (
    ApplicationOut,
    BulkMoveIn,
    BulkMoveOut,
    EmployerApplicationsIn,
    TopCandidatesIn,
    application,
)
from src.schemas.page import page_of
from src.services import application as application_service
from src.services import application_move
from src.services import audit as audit_service

blueprint = Blueprint("employer_application", __name__, url_prefix="/api/v1")


@blueprint.get("/employer/applications")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_READ)
@query(EmployerApplicationsIn)
@answers(200, page_of(ApplicationOut), fails=(404,))
@cached("employer_applications")
def list_employer_applications(caller: Caller, query: Query) -> Fresh:
    """List the applications to your companies."""
    asked = page_request(query)
    page = application_service.of_companies(caller, query, asked)
    return Fresh(page_answer(page, asked, application), seen=audit_service.seen_in(page.rows))


def _count_moves(caller: Caller, body: dict[str, Any]) -> None:
    application_move.count_many(caller, body["application_ids"])


@blueprint.post("/employer/applications/bulk-actions")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_WRITE)
@costly("bulk")
@body(BulkMoveIn)
@answers(200, BulkMoveOut, fails=(429,))
@idempotent_after(_count_moves)
def move_applications(caller: Caller, body: dict[str, Any]) -> Response:
    """Move many applications at once."""
    updated, skipped = application_move.move_many(
        caller, body["application_ids"], body["to"], body["reason"]
    )
    return answer({"updated": updated, "skipped": skipped})


@blueprint.get("/employer/candidates/top")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_READ)
@query(TopCandidatesIn)
@answers(200, page_of(ApplicationOut), fails=(404,))
@cached("employer_applications")
def list_top_candidates(caller: Caller, query: Query) -> Fresh:
    """List a job's applications by rating, then by stage reached, then newest."""
    asked = page_request(query)
    page = application_service.best_of_job(caller, whole_id(query["job_id"]), asked)
    return Fresh(page_answer(page, asked, application), seen=audit_service.seen_in(page.rows))
