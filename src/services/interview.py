"""Interviews about applications."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from src.caller import Caller
from src.database import Work, db, unit_of_work
from src.errors import Conflict, Invalid, NotFound
from src.models import Interview
from src.models.lifecycle import OPEN_APPLICATION
from src.models.vocabulary import InterviewStatus
from src.queries import application as application_queries
from src.queries.paging import Page, PageRequest
from src.services import application as application_service
from src.services import letters, listing
from src.services.letters import Letter
from src.utils import clock


def browse(caller: Caller, application_id: int, request: PageRequest) -> tuple[Any, Page]:
    """An application to the caller's company, and its interviews. Raises NotFound."""
    row = application_service.require_for_company(caller, application_id)
    statement = application_queries.interviews(application_id)
    return row, listing.fetch(statement, application_queries.INTERVIEW_ORDER, request)


def of_caller(caller: Caller, request: PageRequest) -> Page:
    """The caller's own interviews, soonest first."""
    statement = application_queries.interviews_of(caller.known_id)
    return listing.fetch(statement, application_queries.INTERVIEW_ORDER, request)


def plan(caller: Caller, application_id: int, values: dict[str, Any]) -> Any:
    """A new interview, its candidate told.

    Raises NotFound, Forbidden, Invalid, and Conflict when the application is final.
    """
    with unit_of_work() as work:
        row = application_service.lock(work, caller, application_id)
        _require_possible(row, values["starts_at"])
        interview = Interview(application_id=application_id, created_by_id=caller.user_id, **values)
        work.session.add(interview)
        work.session.flush()
        letters.post(work, row.email, _planned(row, interview.starts_at))
    return _reread(interview.id)


def change(caller: Caller, interview_id: int, values: dict[str, Any]) -> Any:
    """The interview with the given fields changed; its candidate is told of other times, and when
    it is called off or on again.

    Raises NotFound, Forbidden, Invalid, and Conflict when nobody is named in the application, or
    when it is final and the interview is to be at other times or on again.
    """
    with unit_of_work() as work:
        row, before = _hold(work, caller, interview_id)
        application_service.require_person(row)
        after = before._asdict() | values
        # When one that was held began and ended may be put right.
        is_over = after["status"] == InterviewStatus.COMPLETED
        if not is_over and (_is_on_again(before, after) or _is_moved(before, after)):
            _require_possible(row, after["starts_at"])
        if values:
            work.session.execute(
                update(Interview).where(Interview.id == interview_id).values(values),
                execution_options={"synchronize_session": False},
            )
        letter = _letter(row, before, after)
        if letter is not None:
            letters.post(work, row.email, letter)
    return _reread(interview_id)


def remove(caller: Caller, interview_id: int) -> None:
    """Delete an interview; its candidate is told of one to come. Raises NotFound, Forbidden."""
    with unit_of_work() as work:
        row, interview = _hold(work, caller, interview_id)
        work.session.execute(delete(Interview).where(Interview.id == interview_id))
        if _is_to_come(interview) and row.redacted_at is None:
            letters.post(work, row.email, _called_off(row, interview.starts_at))


def _hold(work: Work, caller: Caller, interview_id: int) -> tuple[Any, Any]:
    """The application of an interview and the interview, in the order in which all lock them.

    Raises NotFound, Forbidden.
    """
    wanted = Interview.id == interview_id
    of = work.session.execute(select(Interview.application_id).where(wanted)).scalar_one_or_none()
    if of is None:
        raise NotFound()
    row = application_service.hold(work, caller, of)
    columns = select(*Interview.__table__.c).where(wanted)
    interview = work.session.execute(columns.with_for_update()).one_or_none()
    if interview is None:
        # Somebody else removed it meanwhile.
        raise NotFound()
    return row, interview


def _require_possible(application: Any, starts_at: datetime) -> None:
    if starts_at <= clock.now():
        raise Invalid({"starts_at": ["Must be in the future."]})
    if application.status not in OPEN_APPLICATION:
        raise Conflict(f"The application is {application.status}.", field="status")


def _is_moved(before: Any, after: dict[str, Any]) -> bool:
    return any(getattr(before, name) != after[name] for name in ("starts_at", "ends_at"))


def _is_on_again(before: Any, after: dict[str, Any]) -> bool:
    return bool(before.status != after["status"] == InterviewStatus.SCHEDULED)


def _is_to_come(interview: Any) -> bool:
    return bool(interview.status == InterviewStatus.SCHEDULED and interview.starts_at > clock.now())


def _letter(application: Any, before: Any, after: dict[str, Any]) -> Letter | None:
    """What the candidate is to know of a change; None for what is over or the company's own."""
    if _is_on_again(before, after):
        return _planned(application, after["starts_at"])
    if after["status"] == InterviewStatus.CANCELLED and _is_to_come(before):
        return _called_off(application, before.starts_at)
    if after["status"] == InterviewStatus.SCHEDULED and _is_moved(before, after):
        moments = map(_when, (after["starts_at"], after["ends_at"]))
        return letters.interview_moved(application.title, application.company_name, *moments)
    return None


def _planned(application: Any, starts_at: datetime) -> Letter:
    return letters.interview_planned(application.title, application.company_name, _when(starts_at))


def _called_off(application: Any, starts_at: datetime) -> Letter:
    job, company = application.title, application.company_name
    return letters.interview_called_off(job, company, _when(starts_at))


def _when(moment: datetime) -> str:
    return f"{moment:%d %B %Y, %H:%M} UTC"


def _reread(interview_id: int) -> Any:
    columns = select(*Interview.__table__.c).where(Interview.id == interview_id)
    row = db.session.execute(columns).one_or_none()
    if row is None:
        # Somebody else removed it right after the write.
        raise NotFound()
    return row
