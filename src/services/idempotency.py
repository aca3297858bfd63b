"""Answers kept by an Idempotency-Key: who holds a key, and who is given the first answer again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from src.caller import Caller, MemberRole
from src.database import db
from src.errors import Conflict, Invalid, NotFound
from src.models import Application, IdempotencyKey, Job
from src.queries import company as company_queries
from src.queries import idempotency as idempotency_queries
from src.queries.idempotency import Where
from src.utils import clock

_KEPT = timedelta(hours=24)
_RANKS = {MemberRole.VIEWER: 0, MemberRole.RECRUITER: 1, MemberRole.OWNER: 2}
# What in a path or a body names rows of a company.
_ROWS: dict[str, type[Job | Application]] = {
    "job_id": Job, "job_ids": Job, "application_id": Application, "application_ids": Application,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, as far as it is given again."""

    status: int
    body: bytes
    headers: dict[str, str]


def where_kept(caller: Caller, method: str, path: str, key: str) -> Where:
    """Where an answer is kept: nobody meets another's by the same key."""
    who = f"address:{caller.address}" if caller.is_anonymous else f"user:{caller.user_id}"
    return who, method, path, key


def is_kept(where: Where, body_hash: bytes, caller: Caller) -> bool:
    """Whether there is an answer to give again; raises as claim, and lets the key go."""
    try:
        return claim(where, body_hash, caller) is not None
    finally:
        db.session.rollback()


def claim(where: Where, body_hash: bytes, caller: Caller) -> Kept | None:
    """The kept answer, or None once this request alone holds the key: until its transaction ends.

    Raises Conflict while another holds it, Invalid when it was used with another body, NotFound
    when the caller has lost a right since.
    """
    if not db.session.execute(idempotency_queries.hold(where)).scalar_one():
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
    return Kept(row.status, row.body, row.headers)


def keep(where: Where, body_hash: bytes, answer: Kept, rights: dict[str, Any] | None) -> None:
    """Keep an answer for a day, in the transaction that has claimed its key."""
    values = {
        "body_hash": body_hash, "status": answer.status, "body": answer.body,
        "headers": answer.headers, "rights": rights, "expires_at": clock.now() + _KEPT,
    }  # fmt: skip
    db.session.execute(idempotency_queries.keep(where, values))


def rights_of(caller: Caller, said: Iterable[Any]) -> dict[str, Any] | None:
    """What the caller may do now in the companies that an answer is about; None for a stranger.

    `said` is what tells the companies, the path's before the body's.
    """
    if caller.is_anonymous:
        return None
    concerned = _concerned(caller, said)
    companies = {
        str(company_id): role
        for company_id, role in caller.memberships.items()
        if company_id in concerned
    }
    return {"role": caller.role, "companies": companies}


def _concerned(caller: Caller, said: Iterable[Any]) -> set[int]:
    """The caller's companies that the answer is about, by the path or the body; where neither
    tells, all that they may write for.
    """
    if not caller.memberships:
        return set()
    for each in said:
        found = _companies_of(each) if isinstance(each, dict) else None
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
