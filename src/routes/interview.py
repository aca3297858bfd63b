"""Interviews about applications."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, Role, Scope
from src.models.vocabulary import AuditAction
from src.routes.contract import answers, body, query
from src.routes.idempotent import idempotent
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas.application import (
    InterviewIn,
    InterviewOut,
    InterviewPatch,
    interview,
    own_interview,
)
from src.schemas.page import PageIn, page_of
from src.services import audit as audit_service
from src.services import interview as interview_service

blueprint = Blueprint("interview", __name__, url_prefix="/api/v1")


@blueprint.get("/applications/<int:application_id>/interviews")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_READ)
@query(PageIn)
@answers(200, page_of(InterviewOut))
def list_interviews(caller: Caller, application_id: int, query: Query) -> Response:
    """List the interviews about an application, soonest first."""
    asked = page_request(query)
    row, page = interview_service.browse(caller, whole_id(application_id), asked)
    audit_service.note(caller, AuditAction.READ_INTERVIEWS, audit_service.seen_in([row]))
    return page_answer(page, asked, interview)


@blueprint.post("/applications/<int:application_id>/interviews")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_WRITE)
@idempotent
@body(InterviewIn)
@answers(201, InterviewOut, fails=(409,))
def post_interview(caller: Caller, application_id: int, body: dict[str, Any]) -> Response:
    """Plan an interview and tell the candidate."""
    return answer(interview(interview_service.plan(caller, whole_id(application_id), body)), 201)


@blueprint.patch("/interviews/<int:interview_id>")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_WRITE)
@body(InterviewPatch)
@answers(200, InterviewOut, fails=(409,))
def patch_interview(caller: Caller, interview_id: int, body: dict[str, Any]) -> Response:
    """Change an interview; the candidate is told of other times, and when it is off or on again."""
    return answer(interview(interview_service.change(caller, whole_id(interview_id), body)))


@blueprint.delete("/interviews/<int:interview_id>")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_WRITE)
@answers(204)
def delete_interview(caller: Caller, interview_id: int) -> Response:
    """Delete an interview."""
    interview_service.remove(caller, whole_id(interview_id))
    return answer(None, 204)


@blueprint.get("/me/interviews")
@requires(Role.CANDIDATE, scope=Scope.APPLICATIONS_READ)
@query(PageIn)
@answers(200, page_of(InterviewOut))
def list_own_interviews(caller: Caller, query: Query) -> Response:
    """List your own interviews, soonest first."""
    asked = page_request(query)
    return page_answer(interview_service.of_caller(caller, asked), asked, own_interview)
