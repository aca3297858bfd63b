"""One's own account: names, password and address."""

from typing import Any

from sqlalchemy import select, update

from src.caller import Caller
from src.database import Work, db, unit_of_work
from src.errors import Invalid, Unauthenticated
from src.models import User
from src.queries import limits as limit_queries
from src.queries import user as user_queries
from src.services import api_key as key_service
from src.services import auth as auth_service
from src.services import letters, limits, one_time
from src.utils import clock, passwords, versions
from src.utils.addresses import network
from src.utils.versions import Expected


def get(caller: Caller) -> tuple[Any, list[Any]]:
    """The caller's account and their companies."""
    user_id = caller.known_id
    user = db.session.execute(user_queries.by_id(user_id)).one()
    return user, list(db.session.execute(user_queries.companies_of(user_id)).all())


def change(caller: Caller, values: dict[str, Any], expected: Expected) -> None:
    """Set the given names.

    Raises Unauthenticated, PreconditionFailed.
    """
    with unit_of_work() as work:
        set_values(work, caller.known_id, values, expected)


def set_values(work: Work, user_id: int, values: dict[str, Any], expected: Expected) -> None:
    """Change an account, if its version is the expected one.

    Raises Unauthenticated when it was erased meanwhile, or PreconditionFailed.
    """
    kept = select(User.version).where(User.id == user_id, User.erased_at.is_(None))
    found = work.session.execute(kept.with_for_update()).scalar_one_or_none()
    if found is None:
        raise Unauthenticated()
    versions.require(expected, found)
    if values:
        work.session.execute(update(User).where(User.id == user_id).values(values))


def change_password(caller: Caller, current: str, new: str) -> None:
    """Set a new password, end the other sessions and revoke all keys.

    Raises Invalid, TooMany, and Unauthenticated when it was changed meanwhile.
    """
    proven = confirm(caller, current, "current_password")
    auth_service.check_strength(new, caller.known_email, "new_password")
    password_hash = passwords.hash_password(new)
    with unit_of_work() as work:
        user_id = caller.known_id
        still = user_queries.who_knows(user_id, proven, to_change=True)
        if work.session.execute(still).first() is None:
            # Whoever got the account back meanwhile keeps it.
            raise Unauthenticated()
        _set_password(work, user_id, password_hash)
        auth_service.end_sessions(work, user_id, but=caller.session_id)
        key_service.revoke_all(work, user_id)
        letters.post(work, caller.known_email, letters.password_changed())


def ask_for_reset(email: str, address: str) -> None:
    """Queue the search for the account: the answer and its time tell nobody who is known.

    Raises TooMany.
    """
    limits.take(limit_queries.NETWORK_RESETS, network(address))
    limits.take(limit_queries.RESETS, email)
    with unit_of_work() as work:
        work.enqueue("account.send_reset", email=email)


def send_reset(email: str) -> None:
    """Mail a code to the owner of the address, if there is one."""
    with unit_of_work() as work:
        user = work.session.execute(user_queries.by_email(email)).one_or_none()
        if user is not None and user.is_active:
            token = one_time.issue(work, user.id, "reset_password")
            letters.post(work, email, letters.reset_password(token))


def reset_password(token: str, password: str) -> None:
    """Set the password of the token's owner, end all sessions and revoke all keys: who had the
    account before has nothing left of it, and their guesses count no more. It proves the address.

    Raises Invalid.
    """
    with unit_of_work() as work:
        user_id = one_time.owner(work, token, "reset_password")
        user = work.session.execute(user_queries.by_id(user_id)).one()
    auth_service.check_strength(password, user.email)
    password_hash = passwords.hash_password(password)
    with unit_of_work() as work:
        one_time.use(work, token, "reset_password")
        _set_password(work, user_id, password_hash)
        _verify(work, user_id)
        auth_service.end_sessions(work, user_id)
        key_service.revoke_all(work, user_id)
        letters.post(work, user.email, letters.password_changed())
        # Last, for whoever signs in waits for it.
        guessed = limit_queries.counts_of(limit_queries.LOGINS, user.email)
        limits.forget(guessed | limit_queries.counts_of(limit_queries.CONFIRMATIONS, user_id))


def verify_email(token: str) -> None:
    """Note that the token's owner reads their mail.

    Raises Invalid.
    """
    with unit_of_work() as work:
        _verify(work, one_time.use(work, token, "verify_email"))


def confirm(caller: Caller, password: str, field: str) -> str:
    """The hash that the password was held to.

    Raises Invalid, naming the field, unless it is the caller's password; or TooMany.
    """
    user_id = caller.known_id
    own = user_queries.by_id(user_id)
    user = auth_service.verified(limit_queries.CONFIRMATIONS, user_id, own, password)
    if user is None:
        raise Invalid({field: ["This is not your password."]})
    return str(user.password_hash)


def _set_password(work: Work, user_id: int, password_hash: str) -> None:
    work.session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
    work.session.execute(user_queries.forget_tokens(user_id, "reset_password"))


def _verify(work: Work, user_id: int) -> None:
    work.session.execute(
        update(User)
        .where(User.id == user_id, User.email_verified_at.is_(None))
        .values(email_verified_at=clock.now())
    )
