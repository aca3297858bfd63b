"""Registering, signing in and out, and the sessions of an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, delete, update

from src.caller import Caller, Role
from src.database import Work, unit_of_work
from src.errors import Invalid, NotFound, Unauthenticated
from src.models import Session, User
from src.queries import limits as limit_queries
from src.queries import user as user_queries
from src.queries.limits import Limit
from src.queries.paging import Order, Page, PageRequest
from src.services import letters, limits, listing, one_time
from src.utils import clock, logs, passwords, tokens
from src.utils.addresses import network

_BY_DAY = Order((Session.created_at, Session.id), ("created_at", "id"))


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh session: its user, and the token that is shown this once."""

    user: Any
    token: str
    expires_at: datetime


def register(values: dict[str, Any], address: str, user_agent: str) -> SignIn:
    """A new account, signed in; its address is to be confirmed, unless the server is embedded.

    Raises TooMany, Invalid on a weak password, Conflict on a known address.
    """
    check_strength(values["password"], values["email"])
    limits.take(limit_queries.REGISTRATIONS, network(address))
    password_hash = passwords.hash_password(values["password"])
    embedded = current_app.config["TALENTSPHERE"].embedded
    names = {name: values[name] for name in ("email", "role", "first_name", "last_name")}
    user = User(
        **names,
        password_hash=password_hash,
        email_verified_at=clock.now() if embedded else None,
    )
    with unit_of_work() as work:
        work.session.add(user)
        work.session.flush()
        logs.know(account=user.id)
        if not embedded:
            token = one_time.issue(work, user.id, "verify_email")
            letters.post(work, user.email, letters.verify_email(token))
        return _open_session(work, user, address, user_agent)


def login(email: str, password: str, address: str, user_agent: str) -> SignIn:
    """A session for who knows the password.

    Raises TooMany; Unauthenticated, in the same words and time for an unknown address.
    """
    customer = network(address)
    limits.take(limit_queries.NETWORK_LOGINS, customer)
    user = verified(limit_queries.LOGINS, email, user_queries.by_email(email), password)
    if user is None or not user.is_active:
        raise Unauthenticated("The address or the password is wrong.")
    # An office behind one address signs in every morning: only failures count.
    limits.give_back(limit_queries.NETWORK_LOGINS, customer)
    known = user.password_hash
    if passwords.is_outdated(known):
        known = _renew_hash(user, passwords.hash_password(password))
    with unit_of_work() as work:
        # Held: who changes the password meanwhile waits, and ends this session too.
        if work.session.execute(user_queries.who_knows(user.id, known)).first() is None:
            raise Unauthenticated("The address or the password is wrong.")
        return _open_session(work, user, address, user_agent)


def verified(
    limit: Limit, subject: str | int, account: Select[*tuple[Any, ...]], password: str
) -> Any | None:
    """The account, if the password is its own; a wrong one counts against the subject.

    Raises TooMany.
    """
    limits.take(limit, subject)
    # Its own transaction, so that no connection is held while the hash is worked out.
    with unit_of_work() as work:
        user = work.session.execute(account).one_or_none()
    if user is not None:
        logs.know(account=user.id)
    if not passwords.verify(user.password_hash if user else None, password):
        return None
    limits.give_back(limit, subject)
    return user


def _renew_hash(user: Any, password_hash: str) -> str:
    with unit_of_work() as work:
        work.session.execute(
            update(User)
            .where(User.id == user.id, User.password_hash == user.password_hash)
            .values(password_hash=password_hash)
        )
    return password_hash


def check_strength(password: str, email: str, field: str = "password") -> None:
    """Raises Invalid when the password is easily guessed."""
    weakness = passwords.weakness(password, email)
    if weakness:
        raise Invalid({field: [weakness]})


def logout(caller: Caller) -> None:
    """End the session that asks."""
    with unit_of_work() as work:
        work.session.execute(delete(Session).where(Session.id == caller.session_id))


def sessions(caller: Caller, request: PageRequest) -> Page:
    """The caller's running sessions, newest first."""
    statement = user_queries.sessions_of(caller.known_id)
    return listing.fetch(statement.where(Session.expires_at > clock.now()), _BY_DAY, request)


def end_session(caller: Caller, session_id: int) -> None:
    """Raises NotFound unless the session is the caller's."""
    with unit_of_work() as work:
        ended = work.session.execute(
            delete(Session)
            .where(Session.id == session_id, Session.user_id == caller.user_id)
            .returning(Session.id)
        ).all()
    if not ended:
        raise NotFound()


def end_sessions(work: Work, user_id: int, but: int | None = None) -> None:
    """End every session of the user, except one."""
    statement = delete(Session).where(Session.user_id == user_id)
    work.session.execute(statement if but is None else statement.where(Session.id != but))


def end_all(caller: Caller) -> None:
    """End every session of the caller, this one too."""
    with unit_of_work() as work:
        end_sessions(work, caller.known_id)


def _open_session(work: Work, user: Any, address: str, user_agent: str) -> SignIn:
    lifetime = timedelta(days=30) if user.role == Role.CANDIDATE else timedelta(hours=12)
    token = tokens.session_token()
    session = Session(
        user_id=user.id,
        token_hash=tokens.digest(token),
        user_agent=user_agent[:300] or None,
        address=address or None,
        expires_at=clock.now() + lifetime,
    )
    work.session.add(session)
    return SignIn(user, token, session.expires_at)
