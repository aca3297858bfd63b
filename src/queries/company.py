"""Companies and what belongs to them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Delete,
    Select,
    Subquery,
    any_,
    delete,
    func,
    literal,
    literal_column,
    select,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

from src.models import (
    Application,
    Benefit,
    Company,
    Invitation,
    Job,
    JobSearch,
    Membership,
    User,
)  # fmt: skip
from src.models.vocabulary import CompanyStatus
from src.queries import search_operators
from src.queries.job_search import NEXT_END
from src.queries.paging import Order, Rows

# Counted from the read model, by its index on companies.
LIVE_JOBS = (
    select(func.count())
    .where(JobSearch.company_id == Company.id, JobSearch.expires_at > func.now())
    .scalar_subquery()
)
_WORDS: ColumnElement[Any] = literal_column(
    "company_words(companies.name, companies.industry, companies.description)"
)


_NEXT_END: ColumnElement[Any] = literal_column(NEXT_END)


def companies() -> Rows:
    """Every company with its number of live jobs, and when the next job of any ends."""
    sort_name = func.lower(Company.name).label("sort_name")
    live, next_end = LIVE_JOBS.label("live_jobs"), _NEXT_END.label("next_end")
    return select(*Company.__table__.c, live, sort_name, next_end)


# All companies at once, for their order: one by one it took ten times as long.
_LIVE = (
    select(JobSearch.company_id, func.count().label("n"))
    .where(JobSearch.expires_at > func.now())
    .group_by(JobSearch.company_id)
    .subquery("live")
)
_MOST_JOBS = func.coalesce(_LIVE.c.n, 0)
_SORT_NAME = func.lower(Company.name)


def listed(query: dict[str, Any]) -> Rows:
    """The keys of the active companies that pass the filters, for their order."""
    statement = select(Company.id, Company.created_at, _SORT_NAME.label("sort_name"))
    if query.get("sort") == "jobs":
        live = _MOST_JOBS.label("live_jobs")
        statement = select(Company.id, live).outerjoin(_LIVE, _LIVE.c.company_id == Company.id)
    statement = statement.where(Company.status == CompanyStatus.ACTIVE)
    if query.get("q"):
        words = func.websearch_to_tsquery("talentsphere", search_operators.spelled(query["q"]))
        statement = statement.where(_WORDS.op("@@")(words))
    if query.get("industry"):
        statement = statement.where(func.lower(Company.industry) == query["industry"].lower())
    if query.get("verified") is not None:
        statement = statement.where(Company.is_verified.is_(query["verified"]))
    return statement


def order(sort: str) -> Order:
    """The order of a list of companies."""
    if sort == "newest":
        return Order((Company.created_at, Company.id), ("created_at", "id"))
    if sort == "jobs":
        return Order((_MOST_JOBS, Company.id), ("live_jobs", "id"))
    return Order((_SORT_NAME, Company.id), ("sort_name", "id"), descending=False)


def shown(page: Subquery) -> Rows:
    """The companies of a page."""
    return companies().join(page, page.c.id == Company.id)


def id_of(name: str) -> int | None:
    """The id that a name is, with or without leading zeros; slugs always contain a letter."""
    return int(name) if name.isascii() and name.isdecimal() and len(name) < 19 else None


def by_name_or_id(name: str) -> Rows:
    """The company of a slug, or of an id."""
    company_id = id_of(name)
    if company_id is not None:
        return companies().where(Company.id == company_id)
    return companies().where(Company.slug == name)


def members(company_id: int) -> Rows:
    """The members of a company with their names."""
    return (
        select(
            User.id, User.first_name, User.last_name, User.email, Membership.role,
            Membership.joined_at,
        )
        .join(User, User.id == Membership.user_id)
        .where(Membership.company_id == company_id)
    )  # fmt: skip


MEMBER_ORDER = Order((Membership.joined_at, User.id), ("joined_at", "id"), descending=False)


def owned_by(company_id: int, user_id: int) -> Rows:
    """The company, whose owner the user stays until the transaction ends."""
    return (
        select(Company.name, Company.status)
        .join(Membership, Membership.company_id == Company.id)
        .where(Company.id == company_id, Membership.user_id == user_id, Membership.role == "owner")
        .with_for_update(read=True, of=Membership)
    )


def of_rows(table: type[Application | Job], ids: Collection[int]) -> Select[int]:
    """The companies of these applications or jobs."""
    wanted = literal(list(ids), ARRAY(BigInteger))
    return select(table.company_id).where(table.id == any_(wanted)).distinct()


def open_invitations(company_id: int) -> Rows:
    """The invitations of a company that can be accepted still."""
    return select(Invitation.id, Invitation.email, Invitation.role, Invitation.expires_at).where(
        Invitation.company_id == company_id,
        Invitation.accepted_at.is_(None),
        Invitation.expires_at > func.now(),
    )


def forget_expired(company_id: int, email: str, now: datetime) -> Delete:
    """Remove a company's invitation of an address that was not accepted in time."""
    return delete(Invitation).where(
        Invitation.company_id == company_id,
        Invitation.email == email,
        Invitation.accepted_at.is_(None),
        Invitation.expires_at <= now,
    )


INVITATION_ORDER = Order((Invitation.id,), ("id",))


def invitations_of(email: str) -> Rows:
    """The open invitations of an address, with their companies."""
    return (
        select(
            Invitation.id, Invitation.email, Invitation.role, Invitation.expires_at,
            Company.id.label("company_id"), Company.name, Company.slug,
        )
        .join(Company, Company.id == Invitation.company_id)
        .where(
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > func.now(),
            Company.status == CompanyStatus.ACTIVE,
        )
    )  # fmt: skip


def benefits(company_id: int) -> Rows:
    """The benefits of a company."""
    return select(Benefit.id, Benefit.name, Benefit.description, Benefit.position).where(
        Benefit.company_id == company_id
    )


BENEFIT_ORDER = Order((Benefit.position, Benefit.id), ("position", "id"), descending=False)


# Those who can act: a deactivated account keeps its place, and helps nobody.
OWNERS = text("""
SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.company_id = :company_id AND m.role = 'owner' AND u.is_active AND u.role = 'employer'
ORDER BY m.user_id FOR UPDATE OF m
""")
