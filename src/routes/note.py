"""Notes of a company about applications."""

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
from src.schemas.application import NoteIn, NoteOut, note
from src.schemas.page import PageIn, page_of
from src.services import audit as audit_service
from src.services import note as note_service

blueprint = Blueprint("note", __name__, url_prefix="/api/v1")


@blueprint.get("/applications/<int:application_id>/notes")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_READ)
@query(PageIn)
@answers(200, page_of(NoteOut))
def list_notes(caller: Caller, application_id: int, query: Query) -> Response:
    """List the notes about an application, newest first."""
    asked = page_request(query)
    row, page = note_service.browse(caller, whole_id(application_id), asked)
    audit_service.note(caller, AuditAction.READ_NOTES, audit_service.seen_in([row]))
    return page_answer(page, asked, note)


@blueprint.post("/applications/<int:application_id>/notes")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_WRITE)
@idempotent
@body(NoteIn)
@answers(201, NoteOut)
def post_note(caller: Caller, application_id: int, body: dict[str, Any]) -> Response:
    """Write a note about an application."""
    return answer(note(note_service.create(caller, whole_id(application_id), body["body"])), 201)


@blueprint.delete("/applications/<int:application_id>/notes/<int:note_id>")
@requires(Role.EMPLOYER, scope=Scope.APPLICATIONS_WRITE)
@answers(204)
def delete_note(caller: Caller, application_id: int, note_id: int) -> Response:
    """Delete a note."""
    note_service.remove(caller, whole_id(application_id), whole_id(note_id))
    return answer(None, 204)
