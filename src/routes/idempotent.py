"""`@idempotent`: a POST repeated with its Idempotency-Key gives the first answer again."""

import functools
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, g, request
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from src.caller import Caller, MemberRole
from src.database import ask_for, db, unit_of_work
from src.errors import Conflict, Invalid, Malformed, NotFound
from src.models import Application, IdempotencyKey, Job
from src.models.vocabulary import AuditAction
from src.queries import company as company_queries
from src.routes.contract import contract_of
from src.schemas.application import ApplicationOut
from src.services import application as application_service
from src.services import audit as audit_service
from src.utils import clock

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT = timedelta(hours=24)
_HEADERS = ("Content-Type", "Location", "ETag")
_RANKS = {MemberRole.VIEWER: 0, MemberRole.RECRUITER: 1, MemberRole.OWNER: 2}
# What in a path or a body names rows of a company.
_ROWS: dict[str, type[Job | Application]] = {
    "job_id": Job, "job_ids": Job, "application_id": Application, "application_ids": Application,
}  # fmt: skip

View = Callable[..., Any]


def idempotent(view: View) -> View:
    """Run the view once a key: its writes and the kept answer share one transaction."""
    return _once(None, view)


def idempotent_after(first: View) -> Callable[[View], View]:
    """The same for a view that is counted: `first` is given what the view is, and done before it.

    In transactions of its own, so that nobody waits for a counter until the view is done; for a
    replay it is not done.
    """
    return functools.partial(_once, first)


def _once(first: View | None, view: View) -> View:
    contract_of(view).idempotent = True

    @functools.wraps(view)
    def once(*, caller: Caller, **arguments: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            if first is not None:
                _begin(first, caller, arguments)
            return view(caller=caller, **arguments)
        if not _KEY.fullmatch(key):
            raise Malformed("Idempotency-Key must be 1 to 255 printable ASCII characters.")
        if caller.is_anonymous:
            # What was answered is kept for whoever asks from here.
            ask_for(None, address=caller.address)
        who = f"address:{caller.address}" if caller.is_anonymous else f"user:{caller.user_id}"
        where = (who, request.method, request.path, key)
        body_hash = hashlib.sha256(request.get_data()).digest()
        if first is not None and not _is_kept(where, body_hash, caller):
            _begin(first, caller, arguments)
        # Whoever gave the first answer may have died before its change was delivered: a unit of
        # work that changes nothing delivers what is left.
        with unit_of_work():
            kept = _claim(where, body_hash, caller)
            if kept is not None:
                _note_shown(view, caller, arguments)
                return kept
            # Before the view, which may delete what tells it.
            rights = _rights(caller, _concerned(caller, arguments))
            response = view(caller=caller, **arguments)
            _keep(where, body_hash, response, rights)
        return response

    return once


def _begin(first: View, caller: Caller, arguments: dict[str, Any]) -> None:
    """Once, however often the request is tried: which it may be, none of the view's stands yet."""
    if "has_begun" not in g:
        first(caller=caller, **arguments)
        g.has_begun = True
        g.pop("has_committed", None)


def _note_shown(view: View, caller: Caller, arguments: dict[str, Any]) -> None:
    """The view notes whom it shows; without it, whoever is shown the candidate again is noted here.

    Raises NotFound when the application is there no more.
    """
    if contract_of(view).answer is ApplicationOut:
        row = application_service.read(caller, arguments["application_id"])
        audit_service.note(caller, AuditAction.READ_APPLICATION, audit_service.seen_in([row]))


def _is_kept(where: tuple[str, ...], body_hash: bytes, caller: Caller) -> bool:
    """Whether there is an answer to give again; raises as _claim, and lets the key go."""
    try:
        return _claim(where, body_hash, caller) is not None
    finally:
        db.session.rollback()


def _claim(where: tuple[str, ...], body_hash: bytes, caller: Caller) -> Response | None:
    """The kept answer, or None once this request alone holds the key.

    Raises Conflict while another holds it, Invalid when it was used with another body, NotFound
    when the caller has lost a right since.
    """
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended("\n".join(where), 0))
    if not db.session.execute(select(lock)).scalar_one():
        raise Conflict(
            "A request with this key is still running.", retry_after_seconds=1,
            field="Idempotency-Key",
        )  # fmt: skip
    row = db.session.get(IdempotencyKey, where)
    if row is None or row.expires_at <= clock.now():
        return None
    if row.body_hash != body_hash:
        raise Invalid({"Idempotency-Key": ["This key was used with another body."]})
    if not _still_has(caller, row.rights):
        raise NotFound()
    response = Response(row.body, row.status, headers=row.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _concerned(caller: Caller, arguments: dict[str, Any]) -> set[int]:
    """The caller's companies that the answer is about, by the path or the body; where neither
    tells, all that they may write for.
    """
    if not caller.memberships:
        return set()
    # The view may not have read the body yet, which may then be anything.
    for said in (arguments, arguments.get("body") or request.get_json(silent=True)):
        found = _companies_of(said) if isinstance(said, dict) else None
        if found is not None:
            return found
    return set(filter(caller.may_write, caller.memberships))


def _companies_of(said: dict[str, Any]) -> set[int] | None:
    """None when nothing is said of any."""
    if isinstance(said.get("company_id"), int):
        return {said["company_id"]}
    for name, table in _ROWS.items():
        if name in said:
            named = said[name] if isinstance(said[name], list) else [said[name]]
            known = [each for each in named if isinstance(each, int) and 0 < each < 2**63]
            return set(db.session.scalars(company_queries.of_rows(table, known)))
    return None


def _rights(caller: Caller, concerned: set[int]) -> dict[str, Any] | None:
    if caller.is_anonymous:
        return None
    companies = {
        str(company_id): role
        for company_id, role in caller.memberships.items()
        if company_id in concerned
    }
    return {"role": caller.role, "companies": companies}


def _still_has(caller: Caller, rights: dict[str, Any] | None) -> bool:
    """Whether the caller may still do all that they might do then, in each of these companies."""
    if rights is None:
        return True
    if caller.role != rights["role"]:
        return False
    for company_id, role in rights["companies"].items():
        now = caller.memberships.get(int(company_id))
        if now is None or _RANKS[now] < _RANKS[MemberRole(role)]:
            return False
    return True


def _keep(
    where: tuple[str, ...], body_hash: bytes, response: Response, rights: dict[str, Any] | None
) -> None:
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    kept = IdempotencyKey
    columns = (kept.caller_key, kept.method, kept.path, kept.key)
    values: dict[str, Any] = {
        column.key: value for column, value in zip(columns, where, strict=True)
    }
    values |= {
        "body_hash": body_hash, "status": response.status_code, "body": response.get_data(),
        "headers": headers, "rights": rights, "expires_at": clock.now() + _KEPT,
    }  # fmt: skip
    # An expired row of the same key is replaced.
    statement = insert(IdempotencyKey).values(values)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=columns, set_=dict(statement.excluded))
    )
