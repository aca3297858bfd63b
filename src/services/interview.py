"""Interviews about applications."""

from typing import Any

from sqlalchemy import delete, select, update

from src.caller import Caller
from src.database import Work, db, unit_of_work
from src.errors import Conflict, Invalid, NotFound
from src.models import Application, Interview
from src.models.lifecycle import OPEN_APPLICATION
from src.queries import application as application_queries
from src.queries.paging import Page, PageRequest
from src.services import application as application_service
from src.services import letters, listing
from src.services.access import require_writer
from src.utils import clock


def browse(caller: Caller, application_id: int, request: PageRequest) -> tuple[Any, Page]:
    """An application to the caller's company, and its interviews. Raises NotFound."""
    row = application_service.require_for_company(caller, application_id)
    statement = application_queries.interviews(application_id)
    return row, listing.fetch(statement, application_queries.INTERVIEW_ORDER, request)


def of_caller(caller: Caller, request: PageRequest) -> Page:
    """The caller's own interviews, soonest first."""
    statement = application_queries.interviews_of(caller.user_id or 0)
    return listing.fetch(statement, application_queries.INTERVIEW_ORDER, request)


def plan(caller: Caller, application_id: int, values: dict[str, Any]) -> Any:
    """A new interview, its candidate told.

    Raises NotFound, Forbidden, Invalid, and Conflict when the application is final.
    """
    if values["starts_at"] <= clock.now():
        raise Invalid({"starts_at": ["Must be in the future."]})
    with unit_of_work() as work:
        row = application_service.lock(work, caller, application_id)
        if row.status not in OPEN_APPLICATION:
            raise Conflict(f"The application is {row.status}.", field="status")
        interview = Interview(application_id=application_id, created_by_id=caller.user_id, **values)
        work.session.add(interview)
        work.session.flush()
        when = f"{interview.starts_at:%d %B %Y, %H:%M} UTC"
        letter = letters.interview_planned(row.title, row.company_name, when)
        letters.post(work, row.email, letter)
    return _reread(interview.id)


def change(caller: Caller, interview_id: int, values: dict[str, Any]) -> Any:
    """The interview with the given fields changed. Raises NotFound, Forbidden, Invalid."""
    with unit_of_work() as work:
        _lock(work, caller, interview_id)
        if values:
            work.session.execute(
                update(Interview).where(Interview.id == interview_id).values(values),
                execution_options={"synchronize_session": False},
            )
    return _reread(interview_id)


def remove(caller: Caller, interview_id: int) -> None:
    """Delete an interview. Raises NotFound, Forbidden."""
    with unit_of_work() as work:
        _lock(work, caller, interview_id)
        work.session.execute(delete(Interview).where(Interview.id == interview_id))


def _lock(work: Work, caller: Caller, interview_id: int) -> None:
    company_id = work.session.execute(
        select(Application.company_id)
        .join(Interview, Interview.application_id == Application.id)
        .where(Interview.id == interview_id)
        .with_for_update(of=Interview)
    ).scalar_one_or_none()
    if company_id is None:
        raise NotFound()
    require_writer(caller, company_id)


def _reread(interview_id: int) -> Any:
    columns = select(*Interview.__table__.c).where(Interview.id == interview_id)
    row = db.session.execute(columns).one_or_none()
    if row is None:
        # Somebody else removed it right after the write.
        raise NotFound()
    return row
