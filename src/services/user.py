"""Accounts as the operators see them."""

import secrets
from typing import Any

from src.caller import Caller, Role
from src.database import Work, db, unit_of_work
from src.errors import Conflict, NotFound, Unauthenticated
from src.models import User
from src.queries import user as user_queries
from src.queries.paging import Page, PageRequest
from src.services import account as account_service
from src.services import api_key as key_service
from src.services import auth as auth_service
from src.services import invitation as invitation_service
from src.services import listing
from src.utils import clock, passwords
from src.utils.versions import Expected


def find(q: str | None, role: str | None, is_active: bool | None, request: PageRequest) -> Page:
    """The accounts that match, newest first."""
    return listing.fetch(user_queries.found(q, role, is_active), user_queries.NEWEST, request)


def get(user_id: int) -> Any:
    """Raises NotFound."""
    user = db.session.execute(user_queries.by_id(user_id)).one_or_none()
    if user is None:
        raise NotFound()
    return user


def change(caller: Caller, user_id: int, values: dict[str, Any], expected: Expected) -> Any:
    """Set role and activity; who is deactivated or gets another role is signed out at once, and
    their keys are revoked.

    Raises NotFound, PreconditionFailed, Conflict on one's own account or an erased one, and
    Unauthenticated when the caller is no admin any more.
    """
    kept = {"role": Role.ADMIN, "is_active": True}
    lost = [name for name, value in kept.items() if values.get(name, value) != value]
    if user_id == caller.user_id and lost:
        raise Conflict("You cannot take your own rights away; ask another admin.", field=lost[0])
    with unit_of_work() as work:
        _require_still_admin(work, caller)
        before = work.session.execute(user_queries.by_id(user_id).with_for_update()).one_or_none()
        if before is None:
            raise NotFound()
        if before.erased_at is not None:
            raise Conflict("This account was erased.", field="id")
        account_service.set_values(work, user_id, values, expected)
        is_other_role = values.get("role", before.role) != before.role
        if is_other_role or values.get("is_active") is False:
            auth_service.end_sessions(work, user_id)
            invitation_service.take_back(work, user_id)
            key_service.revoke_all(work, user_id)
    return get(user_id)


def _require_still_admin(work: Work, caller: Caller) -> None:
    # Held, so that one of two who act on each other stays: nobody takes their own rights away.
    if caller.user_id not in work.session.execute(user_queries.held_admins()).scalars().all():
        # With an admin's rights their sessions and keys have ended.
        raise Unauthenticated()


def create_admin(email: str) -> str:
    """A new admin's random password, which is kept nowhere.

    Raises Conflict when the address is known.
    """
    password = secrets.token_urlsafe(18)
    with unit_of_work() as work:
        work.session.add(
            User(
                email=email,
                role=Role.ADMIN,
                first_name="First",
                last_name="Admin",
                password_hash=passwords.hash_password(password),
                email_verified_at=clock.now(),
            )
        )
    return password
