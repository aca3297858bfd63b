"""Rows for tests, inserted through the session: no HTTP, no hashing, no commit."""

import itertools
import secrets
from datetime import timedelta
from typing import Any, TypeVar

import argon2
from sqlalchemy import text

from src.database import db
from src.models import ApiKey, Application, Company, Job, Membership, Session, User
from src.utils import clock
from src.utils.tokens import digest

Row = TypeVar("Row")

_numbers = itertools.count(1)
# Cheap on purpose: the cost of a hash is no subject of the tests that need one.
HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def make_user(role: str = "candidate", *, password: str | None = None, **values: Any) -> User:
    """An active user with a verified address; without a password nobody can log in as them."""
    number = next(_numbers)
    values.setdefault("email", f"{role}-{number}-{secrets.token_hex(3)}@example.com")
    values.setdefault("first_name", "Ada")
    values.setdefault("last_name", f"Person{number}")
    values.setdefault("email_verified_at", clock.now())
    if password is not None:
        values["password_hash"] = HASHER.hash(password)
    return _added(User(role=role, **values))


def make_company(owner: User | None = None, **values: Any) -> Company:
    """An active company; the owner becomes its member."""
    number = next(_numbers)
    values.setdefault("name", f"Company {number}")
    values.setdefault("slug", f"company-{number}-{secrets.token_hex(3)}")
    company = _added(Company(**values))
    if owner is not None:
        make_member(company, owner, "owner")
    return company


def make_member(company: Company, user: User | None = None, role: str = "recruiter") -> User:
    """The user (a new employer unless given), made a member of the company."""
    user = user or make_user("employer")
    _added(Membership(company_id=company.id, user_id=user.id, role=role))
    return user


def make_job(company: Company | None = None, status: str = "published", **values: Any) -> Job:
    """A job of the company; published an hour ago and for 30 days, unless it says otherwise."""
    company = company or make_company()
    number = next(_numbers)
    values.setdefault("title", f"Job {number}")
    values.setdefault("description", "<p>Honest work for honest pay.</p>")
    if status != "draft":
        long_ago = 40 if status == "expired" else 0
        published = clock.now() - timedelta(days=long_ago, hours=1)
        values.setdefault("published_at", published)
        values.setdefault("first_published_at", values["published_at"])
        values.setdefault("expires_at", values["published_at"] + timedelta(days=30))
    return _added(Job(company_id=company.id, status=status, **values))


def make_application(
    job: Job, candidate: User | None = None, status: str = "submitted", **values: Any
) -> Application:
    """An application for the job, moved to its status by a second write as in life."""
    candidate = candidate or make_user("candidate")
    values |= {"job_id": job.id, "company_id": job.company_id, "candidate_id": candidate.id}
    application = _added(Application(**values))
    if status != "submitted":
        application.status = status
        db.session.flush()
    return application


def headers_for(user: User, **values: Any) -> dict[str, str]:
    """The headers of a fresh session of the user."""
    token = secrets.token_urlsafe(32)
    values.setdefault("expires_at", clock.now() + timedelta(hours=12))
    _added(Session(user_id=user.id, token_hash=digest(token), **values))
    return {"Authorization": f"Bearer {token}"}


def key_headers(user: User, scopes: list[str] | tuple[str, ...], **values: Any) -> dict[str, str]:
    """The headers of a fresh API key of the user."""
    key = f"tsk_{secrets.token_urlsafe(32)}"
    values.setdefault("name", "Test key")
    row = ApiKey(
        user_id=user.id, prefix=key[:12], key_hash=digest(key), scopes=list(scopes), **values
    )
    _added(row)
    return {"Authorization": f"Bearer {key}"}


def _added(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def rows(statement: str, **values: Any) -> list[Any]:
    """What the database holds, as the test's own transaction sees it."""
    return list(db.session.execute(text(statement), values))
