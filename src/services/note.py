"""What a company writes about an application."""

from typing import Any

from sqlalchemy import delete

from src.caller import Caller
from src.database import db, unit_of_work
from src.errors import NotFound
from src.models import Note
from src.queries import application as application_queries
from src.queries.paging import Page, PageRequest
from src.services import application as application_service
from src.services import listing
from src.services.access import require_writer


def browse(caller: Caller, application_id: int, request: PageRequest) -> tuple[Any, Page]:
    """An application to the caller's company, and its notes, newest first. Raises NotFound."""
    row = application_service.require_for_company(caller, application_id)
    statement = application_queries.notes(application_id)
    return row, listing.fetch(statement, application_queries.NOTES_ORDER, request)


def create(caller: Caller, application_id: int, body: str) -> Any:
    """A new note. Raises NotFound, Forbidden, and Conflict when nobody is named in it."""
    with unit_of_work() as work:
        application_service.lock(work, caller, application_id)
        note = Note(application_id=application_id, author_id=caller.user_id, body=body)
        work.session.add(note)
        work.session.flush()
    statement = application_queries.notes(application_id).where(Note.id == note.id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        # Somebody else removed it right after the write.
        raise NotFound()
    return row


def remove(caller: Caller, application_id: int, note_id: int) -> None:
    """Delete a note. Raises NotFound, Forbidden."""
    row = application_service.require_for_company(caller, application_id)
    require_writer(caller, row.company_id)
    with unit_of_work() as work:
        statement = delete(Note).where(Note.id == note_id, Note.application_id == application_id)
        if work.session.execute(statement.returning(Note.id)).first() is None:
            raise NotFound()
