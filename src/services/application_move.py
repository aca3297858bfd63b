"""Moving applications through the pipeline, one or thousands."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, any_, literal, update
from sqlalchemy.dialects.postgresql import ARRAY

from src.caller import Caller, Role
from src.database import Work, db, unit_of_work
from src.errors import Conflict
from src.models import Application
from src.models.lifecycle import ApplicationStatus, candidate_moves, company_moves
from src.queries import application as application_queries
from src.queries import company as company_queries
from src.services import application as application_service
from src.services import job_bulk, letters
from src.services.job_bulk import BULK_SECONDS
from src.utils.versions import Expected


def move(
    caller: Caller, application_id: int, to: str, reason: str | None, expected: Expected
) -> Any:
    """The application in its new status, its candidate told.

    Raises NotFound, Forbidden, PreconditionFailed, and Conflict with what is `allowed`.
    """
    with unit_of_work() as work:
        row = application_service.lock(work, caller, application_id, expected)
        _require_allowed(to, company_moves(ApplicationStatus(row.status)), row.status)
        _write(work, caller, [application_id], to, reason)
        letter = letters.application_moved(row.title, row.company_name, to)
        letters.post(work, row.email, letter)
    return application_service.find(application_id)


def withdraw(caller: Caller, application_id: int, expected: Expected) -> Any:
    """The caller's own application, withdrawn.

    Raises NotFound, PreconditionFailed, and Conflict when it is final.
    """
    with unit_of_work() as work:
        row = application_service.lock_own(work, caller, application_id, expected)
        to = ApplicationStatus.WITHDRAWN
        _require_allowed(to, candidate_moves(ApplicationStatus(row.status)), row.status)
        _write(work, caller, [application_id], to, None)
    return application_service.find(application_id)


def count_many(caller: Caller, application_ids: Sequence[int]) -> None:
    """Count what `move_many` is about to do, for each company whose applications the caller may
    move: who may move nothing uses nothing up.

    Raises TooMany.
    """
    mine = Application.company_id.in_(filter(caller.may_write, caller.company_ids))
    found = company_queries.of_rows(Application, application_ids).where(mine)
    job_bulk.count(db.session.scalars(found))


def move_many(
    caller: Caller, application_ids: Sequence[int], to: str, reason: str | None
) -> tuple[int, list[dict[str, Any]]]:
    """How many were moved, and which were skipped for what reason; the same statements for any
    number of them.
    """
    wanted = list(dict.fromkeys(application_ids))
    with unit_of_work() as work:
        work.allow(BULK_SECONDS)
        values = {"ids": wanted, "company_ids": list(caller.company_ids)}
        rows = {row.id: row for row in work.session.execute(application_queries.LOCK_MANY, values)}
        verdicts = {each: _verdict(caller, rows.get(each), to) for each in wanted}
        moved = [each for each, verdict in verdicts.items() if verdict is None]
        if moved:
            _write(work, caller, moved, to, reason)
            letters.post_many(work, [_letter(rows[each], to) for each in moved])
    skipped = [{"id": each, "reason": verdict} for each, verdict in verdicts.items() if verdict]
    return len(moved), skipped


def _letter(row: Any, to: str) -> tuple[str, letters.Letter]:
    return row.email, letters.application_moved(row.title, row.company_name, to)


def _verdict(caller: Caller, row: Any, to: str) -> str | None:
    if row is None or caller.role != Role.EMPLOYER:
        return "not_found"
    if not caller.may_write(row.company_id):
        return "forbidden"
    if row.redacted_at is not None:
        return "not_allowed"
    return None if to in company_moves(ApplicationStatus(row.status)) else "not_allowed"


def _require_allowed(to: str, allowed: Sequence[ApplicationStatus], status: str) -> None:
    if to not in allowed:
        raise Conflict(
            f"An application that is {status} cannot become {to}.",
            allowed=[str(each) for each in allowed],
        )


def _write(work: Work, caller: Caller, ids: list[int], to: str, reason: str | None) -> None:
    """One statement; triggers write the log and the counts."""
    work.session.execute(
        update(Application)
        .where(Application.id == any_(literal(ids, ARRAY(BigInteger))))
        .values(status=to, status_changed_by_id=caller.user_id, status_reason=reason),
        execution_options={"synchronize_session": False},
    )
