"""Members of companies."""

from typing import Any

from sqlalchemy import delete, update

from src.caller import Caller, MemberRole
from src.database import Work, db, unit_of_work
from src.errors import Conflict, Forbidden, NotFound
from src.models import Membership, User
from src.queries import company as company_queries
from src.queries.paging import Page, PageRequest
from src.services import invitation as invitation_service
from src.services import listing
from src.services.access import require_member, require_owner


def browse(caller: Caller, company_id: int, request: PageRequest) -> Page:
    """The members of the caller's company."""
    require_member(caller, company_id)
    statement = company_queries.members(company_id)
    return listing.fetch(statement, company_queries.MEMBER_ORDER, request)


def read(caller: Caller, company_id: int, user_id: int) -> Any:
    """One member of the caller's company. Raises NotFound."""
    require_member(caller, company_id)
    return _member(company_id, user_id)


def own_membership(caller: Caller, company_id: int) -> Any:
    """The caller as a member, as of now. Raises NotFound."""
    return _member(company_id, caller.known_id)


def change_role(caller: Caller, company_id: int, user_id: int, role: MemberRole | None) -> Any:
    """The member, in the new role if one is given.

    Raises NotFound, Forbidden, and Conflict for the last owner.
    """
    require_owner(caller, company_id)
    if role is not None:
        with unit_of_work() as work:
            owners = _held_owners(work, company_id)
            _require_still_one(owners, caller)
            _member(company_id, user_id)
            if role != MemberRole.OWNER:
                _require_another(owners, user_id)
                invitation_service.take_back(work, user_id, company_id)
            work.session.execute(
                update(Membership)
                .where(Membership.company_id == company_id, Membership.user_id == user_id)
                .values(role=role),
                execution_options={"synchronize_session": False},
            )
    return _member(company_id, user_id)


def remove(caller: Caller, company_id: int, user_id: int) -> None:
    """End a membership; anybody may end their own.

    Raises NotFound, Forbidden, and Conflict for the last owner.
    """
    require_member(caller, company_id)
    if user_id != caller.user_id:
        require_owner(caller, company_id)
    with unit_of_work() as work:
        owners = _held_owners(work, company_id)
        if user_id != caller.user_id:
            _require_still_one(owners, caller)
        _member(company_id, user_id)
        _require_another(owners, user_id)
        work.session.execute(
            delete(Membership).where(
                Membership.company_id == company_id, Membership.user_id == user_id
            )
        )
        invitation_service.take_back(work, user_id, company_id)


def _member(company_id: int, user_id: int) -> Any:
    statement = company_queries.members(company_id).where(User.id == user_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound()
    return row


def _held_owners(work: Work, company_id: int) -> list[int]:
    """The owners who can act; their rows are locked, so that none leaves beside another."""
    owners = work.session.execute(company_queries.OWNERS, {"company_id": company_id}).scalars()
    return list(owners)


def _require_still_one(owners: list[int], caller: Caller) -> None:
    # Their right may have been taken since the request began.
    if caller.user_id not in owners:
        raise Forbidden("Only an owner may do this.")


def _require_another(owners: list[int], user_id: int) -> None:
    if owners == [user_id]:
        raise Conflict(
            "The last owner cannot leave: make somebody else an owner first.", field="role"
        )
