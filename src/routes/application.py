"""Applications, as candidates and companies see and move them."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, Role, Scope
from src.models.vocabulary import AuditAction
from src.routes.cached import cached
from src.routes.contract import answers, body, if_match, query
from src.routes.fresh import Fresh
from src.routes.idempotent import idempotent
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas.application import (
    ApplicationIn,
    ApplicationOut,
    ApplicationPatch,
    HistoryOut,
    JobApplicationsIn,
    MoveIn,
    OwnApplicationOut,
    OwnApplicationsIn,
    application,
    history_row,
    own_application,
)
from src.schemas.page import PageIn, page_of
from src.services import application as application_service
from src.services import application_move
from src.services import audit as audit_service
from src.utils.versions import Expected

blueprint = Blueprint("application", __name__, url_prefix="/api/v1")


@blueprint.post("/jobs/<int:job_id>/applications")
@requires(Role.CANDIDATE, scope=Scope.APPLICATIONS_WRITE)
@idempotent
@body(ApplicationIn)
@answers(201, OwnApplicationOut, fails=(409, 429))
def post_application(caller: Caller, job_id: int, body: dict[str, Any]) -> Response:
    """Apply for a job."""
    row = application_service.apply(caller, whole_id(job_id), body)
    location = f"/api/v1/applications/{row.id}"
    return answer(own_application(row), 201, version=row.version, location=location)


@blueprint.get("/me/applications")
@requires(Role.CANDIDATE, scope=Scope.APPLICATIONS_READ)
@query(OwnApplicationsIn)
@answers(200, page_of(OwnApplicationOut))
@cached("own_applications")
def list_own_applications(caller: Caller, query: Query) -> Fresh:
    """List your own applications, newest first."""
    asked = page_request(query)
    page = application_service.of_caller(caller, query["status"], asked)
    return Fresh(page_answer(page, asked, own_application))


@blueprint.get("/jobs/<int:job_id>/applications")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_READ)
@query(JobApplicationsIn)
@answers(200, page_of(ApplicationOut))
@cached("employer_applications")
def list_job_applications(caller: Caller, job_id: int, query: Query) -> Fresh:
    """List the applications for your job."""
    asked = page_request(query)
    page = application_service.of_job(caller, whole_id(job_id), query, asked)
    return Fresh(page_answer(page, asked, application), seen=audit_service.seen_in(page.rows))


@blueprint.get("/applications/<int:application_id>")
@requires(Role.CANDIDATE, Role.EMPLOYER, scope=Scope.APPLICATIONS_READ)
@answers(200, ApplicationOut)
def get_application(caller: Caller, application_id: int) -> Response:
    """Read an application."""
    row = application_service.read(caller, whole_id(application_id))
    audit_service.note(caller, AuditAction.READ_APPLICATION, audit_service.seen_in([row]))
    return answer(_shown(row, caller), version=row.version)


@blueprint.patch("/applications/<int:application_id>")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_WRITE)
@if_match
@body(ApplicationPatch)
@answers(200, ApplicationOut, fails=(409,))
def patch_application(
    caller: Caller, application_id: int, body: dict[str, Any], expected: Expected
) -> Response:
    """Rate an application."""
    row = application_service.rate(caller, whole_id(application_id), body, expected)
    audit_service.note(caller, AuditAction.READ_APPLICATION, audit_service.seen_in([row]))
    return answer(application(row), version=row.version)


@blueprint.post("/applications/<int:application_id>/transitions")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_WRITE)
@idempotent
@if_match
@body(MoveIn)
@answers(200, ApplicationOut, fails=(409,))
def move_application(
    caller: Caller, application_id: int, body: dict[str, Any], expected: Expected
) -> Response:
    """Move an application through the pipeline."""
    row = application_move.move(
        caller, whole_id(application_id), body["to"], body["reason"], expected
    )
    audit_service.note(caller, AuditAction.READ_APPLICATION, audit_service.seen_in([row]))
    return answer(application(row), version=row.version)


@blueprint.post("/applications/<int:application_id>/withdraw")
@requires(Role.CANDIDATE, scope=Scope.APPLICATIONS_WRITE)
@idempotent
@if_match
@answers(200, OwnApplicationOut, fails=(409,))
def withdraw_application(caller: Caller, application_id: int, expected: Expected) -> Response:
    """Withdraw your application."""
    row = application_move.withdraw(caller, whole_id(application_id), expected)
    return answer(own_application(row), version=row.version)


@blueprint.get("/applications/<int:application_id>/history")
@requires(Role.CANDIDATE, Role.EMPLOYER, scope=Scope.APPLICATIONS_READ)
@query(PageIn)
@answers(200, page_of(HistoryOut))
def list_history(caller: Caller, application_id: int, query: Query) -> Response:
    """List the moves of an application, oldest first."""
    asked = page_request(query)
    row, page = application_service.history(caller, whole_id(application_id), asked)
    audit_service.note(caller, AuditAction.READ_HISTORY, audit_service.seen_in([row]))
    reader = caller.user_id if caller.role == Role.CANDIDATE else None
    return page_answer(page, asked, lambda row: history_row(row, reader))


def _shown(row: Any, caller: Caller) -> dict[str, Any]:
    return own_application(row) if caller.role == Role.CANDIDATE else application(row)
