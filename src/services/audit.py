"""Who saw which candidate: written down before they are shown, and read by who answers for it."""

from collections.abc import Iterable, Sequence
from typing import Any

from src.caller import Caller, MemberRole, Role
from src.database import unit_of_work
from src.errors import Forbidden, Invalid
from src.models.vocabulary import AuditAction
from src.queries import audit as audit_queries
from src.queries.paging import Page, PageRequest
from src.services import listing
from src.services.access import require_owner

# An application, its company and its candidate.
Seen = tuple[int, int, int]


def seen_in(rows: Iterable[Any]) -> list[Seen]:
    """What rows of src/queries/application.py show."""
    return [(row.id, row.company_id, row.candidate_id) for row in rows]


def seen_in_moves(company_id: int, rows: Iterable[Any]) -> list[Seen]:
    """What moves of src/queries/activity.py show: each application once."""
    moved = [row for row in rows if row.application_id is not None]
    return list(dict.fromkeys((row.application_id, company_id, row.candidate_id) for row in moved))


def note(caller: Caller, action: AuditAction, seen: Sequence[Sequence[int]]) -> None:
    """Write down that a member of a company is shown these, with one statement.

    It is the one thing that a GET writes, and what cannot be written down is not shown.
    """
    if caller.role != Role.EMPLOYER or not seen:
        return
    applications, companies, candidates = (list(column) for column in zip(*seen, strict=True))
    values = {
        "user_id": caller.user_id, "action": action, "application_ids": applications,
        "company_ids": companies, "candidate_ids": candidates,
    }  # fmt: skip
    with unit_of_work(makes_old=False) as work:
        work.session.execute(audit_queries.NOTE, values)


def find(caller: Caller, query: dict[str, Any], request: PageRequest) -> Page:
    """What was seen, newest first: of a company that the caller owns, or for an admin of any.

    Raises NotFound, Forbidden, or Invalid when an owner of several must say which.
    """
    company_id = query.get("company_id")
    if caller.role != Role.ADMIN:
        company_id = _owned(caller, company_id)
    statement = audit_queries.asked(
        None if company_id is None else [company_id],
        query.get("candidate_id"),
        query.get("user_id"),
        query.get("since"),
        query.get("until"),
    )
    return listing.fetch(statement, audit_queries.NEWEST, request)


def _owned(caller: Caller, company_id: int | None) -> int:
    if company_id is not None:
        require_owner(caller, company_id)
        return company_id
    owned = [each for each, role in caller.memberships.items() if role == MemberRole.OWNER]
    if not owned:
        raise Forbidden("Only an owner may do this.")
    if len(owned) > 1:
        listed = ", ".join(map(str, sorted(owned)))
        raise Invalid({"company_id": [f"You own several companies; say which: {listed}."]})
    return owned[0]
