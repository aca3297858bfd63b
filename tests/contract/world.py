"""Two companies with a row of every kind, and everybody who may call."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from src.database import db
from src.models import ApiKey, Benefit, Interview, Invitation, Note, SavedSearch, Session, User
from src.services import invitation as invitation_service
from src.utils import clock
from tests import factories

MISSING = {
    "company_id": 999_999_999, "job_id": 999_999_999, "job": 999_999_999,
    "application_id": 999_999_999, "note_id": 999_999_999, "interview_id": 999_999_999,
    "invitation_id": 999_999_999, "benefit_id": 999_999_999, "user_id": 999_999_999,
    "session_id": 999_999_999, "key_id": 999_999_999, "category_id": 999_999_999,
    "token": "bm90aGluZw.nothing", "name": "missing.css", "number": 999_999_999,
    "search_id": 999_999_999,
}  # fmt: skip


@dataclass
class World:
    """`ids` and `foreign` have the path arguments of companies A and B; `headers` by caller."""

    ids: dict[str, Any] = field(default_factory=dict)
    foreign: dict[str, Any] = field(default_factory=dict)
    draft: int = 0
    # Words that stand in rows of company A alone.
    marks: list[str] = field(default_factory=list)
    headers: dict[str, dict[str, str]] = field(default_factory=lambda: {"anonymous": {}})
    users: dict[str, User] = field(default_factory=dict)


def build() -> World:
    """The world, flushed through the session."""
    world = World()
    for name in ("candidate", "other candidate", "admin"):
        _sign_up(world, name, name.rsplit(maxsplit=1)[-1])
    for name in ("owner", "recruiter", "viewer", "owner of another", "recruiter of another"):
        _sign_up(world, name, "employer")
    world.ids = _company(world, "candidate", "owner", "recruiter", "viewer")
    world.foreign = _company(world, "other candidate", "owner of another", "recruiter of another")
    world.draft = factories.make_job(_company_of(world.ids), "draft", title="Keeper").id
    company = _company_of(world.ids)
    world.marks = [company.name, company.slug, world.users["candidate"].email, "Keeper"]
    for role, user in (("candidate", "candidate"), ("employer", "owner"), ("admin", "admin")):
        headers = factories.key_headers(world.users[user], [])
        world.headers[f"{role}'s key without scope"] = headers
    world.ids |= _own_rows(world.users["owner"])
    world.foreign |= _own_rows(world.users["owner of another"])
    db.session.commit()
    return world


def _sign_up(world: World, name: str, role: str) -> None:
    world.users[name] = factories.make_user(role)
    world.headers[name] = factories.headers_for(world.users[name])


def _company(world: World, candidate: str, owner: str, *members: str) -> dict[str, Any]:
    company = factories.make_company(world.users[owner], name=f"The {owner}'s house")
    for name in members:
        factories.make_member(company, world.users[name], name.split()[0])
    member = factories.make_member(company)
    job = factories.make_job(company, title="Night nurse")
    application = factories.make_application(job, world.users[candidate])
    later = clock.now() + timedelta(days=3)
    invitation = Invitation(
        company_id=company.id, email=f"new@{company.slug}.example", role="viewer", expires_at=later
    )
    benefit = Benefit(company_id=company.id, name="A garden")
    note = Note(application_id=application.id, author_id=member.id, body="Kind and quick.")
    interview = Interview(
        application_id=application.id, starts_at=later, ends_at=later + timedelta(hours=1),
        mode="video",
    )  # fmt: skip
    search = SavedSearch(
        user_id=world.users[candidate].id, name="Nights", query={"q": "nurse"}, frequency="daily"
    )
    db.session.add_all([invitation, benefit, note, interview, search])
    db.session.flush()
    return {
        "company_id": company.id, "job_id": job.id, "job": job.id,
        "application_id": application.id, "note_id": note.id, "interview_id": interview.id,
        "invitation_id": invitation.id, "benefit_id": benefit.id, "user_id": member.id,
        "category_id": 1, "token": invitation_service.sign_token(invitation.id), "name": "start.js",
        "number": 1, "search_id": search.id,
    }  # fmt: skip


def _company_of(ids: dict[str, Any]) -> Any:
    return db.session.get_one(factories.Company, ids["company_id"])


def _own_rows(user: User) -> dict[str, int]:
    factories.key_headers(user, ["jobs:read"])
    of_user = {"user_id": user.id}
    return {
        "session_id": db.session.scalars(select(Session.id).filter_by(**of_user)).first() or 0,
        "key_id": db.session.scalars(select(ApiKey.id).filter_by(**of_user)).first() or 0,
    }
