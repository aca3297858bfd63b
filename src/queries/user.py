"""Accounts, their sessions, keys and companies, as they are read."""

from typing import Any

from sqlalchemy import Delete, Select, delete, or_, select

from src.models import ApiKey, Company, Membership, OneTimeToken, Session, User
from src.queries.paging import Order

COLUMNS: tuple[Any, ...] = (
    User.id, User.email, User.role, User.first_name, User.last_name, User.email_verified_at,
    User.is_active, User.created_at, User.version,
)  # fmt: skip
NEWEST = Order((User.created_at, User.id), ("created_at", "id"))


def by_id(user_id: int) -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS, User.password_hash, User.erased_at).where(User.id == user_id)


def held(user_id: int, session_id: int | None, *, alone: bool) -> Select[*tuple[Any, ...]]:
    """The account unless it was erased, or the session ended; by an API key there is none."""
    account = select(User.id).where(User.id == user_id, User.erased_at.is_(None))
    if session_id is None:
        return account.with_for_update(read=not alone, key_share=True, of=User)
    return (
        account.join(Session, Session.user_id == User.id)
        .where(Session.id == session_id)
        .with_for_update(read=not alone, key_share=True, of=User)
    )


def who_knows(
    user_id: int, password_hash: str, *, to_change: bool = False
) -> Select[*tuple[Any, ...]]:
    """The account while its password is the proven one; held so until the transaction ends.

    Whoever is going to change it holds it alone: two who shared it would wait for each other.
    """
    return (
        select(User.id)
        .where(User.id == user_id, User.password_hash == password_hash, User.is_active)
        .with_for_update(read=not to_change, key_share=to_change)
    )


def held_admins() -> Select[*tuple[Any, ...]]:
    """The admins who can act, in the order in which all who lock them do; none leaves meanwhile."""
    return (
        select(User.id)
        .where(User.role == "admin", User.is_active)
        .order_by(User.id)
        .with_for_update(key_share=True)
    )


def by_email(email: str) -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS, User.password_hash, User.erased_at).where(User.email == email)


def found(q: str | None, role: str | None, is_active: bool | None) -> Select[*tuple[Any, ...]]:
    """The accounts whose address or name holds `q`."""
    # Said, for a count of all accounts names none of their columns.
    statement = select(*COLUMNS).select_from(User)
    if q:
        full_name = User.first_name + " " + User.last_name
        statement = statement.where(
            or_(User.email.icontains(q, autoescape=True), full_name.icontains(q, autoescape=True))
        )
    if role:
        statement = statement.where(User.role == role)
    if is_active is not None:
        statement = statement.where(User.is_active == is_active)
    return statement


def companies_of(user_id: int) -> Select[*tuple[Any, ...]]:
    """The companies an employer acts for, and as what."""
    return (
        select(Company.id, Company.name, Company.slug, Membership.role)
        .join(Membership, Membership.company_id == Company.id)
        .join(User, User.id == Membership.user_id)
        .where(User.id == user_id, User.role == "employer", Company.status != "deleted")
        .order_by(Company.name, Company.id)
    )


def owners_beside(user_id: int) -> Select[*tuple[Any, ...]]:
    """All owners who can act of the companies that the user owns, locked in one order."""
    own = (
        select(Membership.company_id)
        .join(Company, Company.id == Membership.company_id)
        .where(Membership.user_id == user_id, Membership.role == "owner")
        .where(Company.status != "deleted")
    )
    return (
        select(Membership.company_id, Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.company_id.in_(own), Membership.role == "owner")
        .where(User.is_active, User.role == "employer")
        .order_by(Membership.company_id, Membership.user_id)
        .with_for_update(of=Membership)
    )


def sessions_of(user_id: int) -> Select[*tuple[Any, ...]]:
    return select(
        Session.id, Session.user_agent, Session.address, Session.created_at, Session.expires_at
    ).where(Session.user_id == user_id)


def keys_of(user_id: int) -> Select[*tuple[Any, ...]]:
    return select(
        ApiKey.id, ApiKey.name, ApiKey.prefix, ApiKey.scopes, ApiKey.created_at, ApiKey.expires_at
    ).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))


def forget_tokens(user_id: int, purpose: str) -> Delete:
    """Remove every link that was sent to a user for a purpose."""
    return delete(OneTimeToken).where(
        OneTimeToken.user_id == user_id, OneTimeToken.purpose == purpose
    )
