"""Every operation that writes, as a request that succeeds and changes something."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from src.database import db, unit_of_work
from src.services import one_time, saved_search
from tests.cache.world import CacheWorld
from tests.contract.operations import OPERATIONS

WRITES = [operation for operation in OPERATIONS if operation.writes]
# These can be done one after another, in the order of the rules, what deletes last.
GENTLE = {
    "PATCH /applications/<int:application_id>",
    "POST /applications/<int:application_id>/interviews",
    "PATCH /interviews/<int:interview_id>", "DELETE /interviews/<int:interview_id>",
    "POST /applications/<int:application_id>/notes",
    "DELETE /applications/<int:application_id>/notes/<int:note_id>",
    "POST /auth/api-keys", "DELETE /auth/api-keys/<int:key_id>", "POST /auth/forgot-password",
    "POST /auth/login", "POST /auth/register", "POST /auth/verify-email", "PATCH /auth/me",
    "POST /cache/invalidate", "POST /cache/warm", "POST /companies",
    "PATCH /companies/<int:company_id>", "POST /companies/<int:company_id>/verify",
    "POST /companies/<int:company_id>/benefits",
    "PATCH /companies/<int:company_id>/benefits/<int:benefit_id>",
    "DELETE /companies/<int:company_id>/benefits/<int:benefit_id>",
    "POST /companies/<int:company_id>/invitations",
    "DELETE /companies/<int:company_id>/invitations/<int:invitation_id>",
    "POST /job-categories", "PATCH /job-categories/<int:category_id>", "POST /jobs",
    "PATCH /jobs/<int:job_id>", "POST /jobs/<int:job_id>/applications", "POST /jobs/bulk",
    "PUT /jobs/<int:job_id>/bookmark", "POST /jobs/<int:job_id>/duplicate",
    "POST /jobs/<int:job_id>/reports", "POST /me/saved-searches",
    "PATCH /me/saved-searches/<int:search_id>", "POST /unsubscribe/<token>",
}  # fmt: skip
PASSWORD = "purple lantern river 7"


@dataclass(frozen=True)
class Change:
    """Who sends what; `before` is SQL that makes the change possible; `ids` replace the world's."""

    who: str = "owner"
    body: dict[str, Any] | None = None
    before: str = ""
    ids: dict[str, Any] | None = None


_WITHOUT_APPLICATIONS = "DELETE FROM applications WHERE job_id = {job_id}"
_CLOSED = "UPDATE jobs SET status = 'closed' WHERE company_id = {company_id}"


def changes(world: CacheWorld) -> dict[str, Change]:
    """By verb and rule, without the base path."""
    ids = world.ids
    application, job, company = ids["application_id"], ids["job_id"], ids["company_id"]
    # fmt: off
    return {
        "PATCH /admin/users/<int:user_id>": Change("admin", {"is_active": False}, ids={"user_id": world.users["candidate"].id}),
        "PATCH /applications/<int:application_id>": Change(body={"rating": 5}),
        "POST /applications/<int:application_id>/interviews": Change(body={"starts_at": "2090-01-31T09:00:00Z", "ends_at": "2090-01-31T10:00:00Z", "mode": "video"}),
        "POST /applications/<int:application_id>/notes": Change(body={"body": "Calm."}),
        "DELETE /applications/<int:application_id>/notes/<int:note_id>": Change(),
        "POST /applications/<int:application_id>/transitions": Change(body={"to": "shortlisted"}),
        "POST /applications/<int:application_id>/withdraw": Change("candidate"),
        "POST /auth/api-keys": Change(body={"name": "New", "scopes": ["jobs:read"]}),
        "DELETE /auth/api-keys/<int:key_id>": Change(),
        "POST /auth/change-password": Change("candidate", {"current_password": PASSWORD, "new_password": "green mountain 4 trains"}),
        "POST /auth/forgot-password": Change("anonymous", {"email": world.users["candidate"].email}),
        "POST /auth/login": Change("anonymous", {"email": world.users["candidate"].email, "password": PASSWORD}),
        "POST /auth/logout": Change("owner of another"),
        "DELETE /auth/me": Change("candidate", {"password": PASSWORD}),
        "PATCH /auth/me": Change("candidate", {"first_name": "Grace", "last_name": "Newname"}),
        "POST /auth/register": Change("anonymous", {"email": "new@mail.example", "password": PASSWORD, "role": "candidate", "first_name": "New", "last_name": "Person"}),
        "POST /auth/reset-password": Change("anonymous", {"token": "", "password": "green mountain 4 trains"}),
        "DELETE /auth/sessions": Change("owner of another"),
        "DELETE /auth/sessions/<int:session_id>": Change(),
        "POST /auth/verify-email": Change("anonymous", {"token": ""}),
        "POST /cache/invalidate": Change("admin", {"patterns": ["job_search"]}),
        "POST /cache/warm": Change("admin"),
        "POST /companies": Change("recruiter", {"name": "A new house"}),
        "DELETE /companies/<int:company_id>": Change(before=_CLOSED),
        "PATCH /companies/<int:company_id>": Change(body={"name": "The renamed house", "description": "Bright."}),
        "POST /companies/<int:company_id>/benefits": Change(body={"name": "A boat"}),
        "DELETE /companies/<int:company_id>/benefits/<int:benefit_id>": Change(),
        "PATCH /companies/<int:company_id>/benefits/<int:benefit_id>": Change(body={"name": "A lake"}),
        "POST /companies/<int:company_id>/invitations": Change(body={"email": "x@mail.example", "role": "viewer"}),
        "DELETE /companies/<int:company_id>/invitations/<int:invitation_id>": Change(),
        "DELETE /companies/<int:company_id>/members/<int:user_id>": Change(),
        "PATCH /companies/<int:company_id>/members/<int:user_id>": Change(body={"role": "viewer"}),
        "POST /companies/<int:company_id>/reinstate": Change("admin", before="UPDATE companies SET status = 'suspended' WHERE id = {company_id}"),
        "POST /companies/<int:company_id>/suspend": Change("admin"),
        "POST /companies/<int:company_id>/verify": Change("admin"),
        "POST /employer/applications/bulk-actions": Change(body={"application_ids": [application], "to": "offered"}),
        "DELETE /interviews/<int:interview_id>": Change(),
        "PATCH /interviews/<int:interview_id>": Change(body={"notes": "Bring a pen."}),
        "POST /invitations/<token>/accept": Change("owner", before="UPDATE invitations SET email = (SELECT email FROM users WHERE id = {owner_id}) WHERE id = {foreign_invitation_id}", ids={"token": world.foreign["token"]}),
        "POST /job-categories": Change("admin", {"name": "Midwifery"}),
        "DELETE /job-categories/<int:category_id>": Change("admin", before="UPDATE jobs SET category_id = NULL", ids={"category_id": world.category_id}),
        "PATCH /job-categories/<int:category_id>": Change("admin", {"name": "Care"}, ids={"category_id": world.category_id}),
        "POST /jobs": Change(body={"company_id": company, "title": "Night nurse, again", "description": "<p>Care.</p>", "publish": True}),
        "DELETE /jobs/<int:job_id>": Change(before=_WITHOUT_APPLICATIONS),
        "PATCH /jobs/<int:job_id>": Change(body={"title": "Day nurse", "salary": {"max": 90000}}),
        "POST /jobs/<int:job_id>/applications": Change("other candidate", {"cover_letter": "Me."}),
        "DELETE /jobs/<int:job_id>/bookmark": Change("candidate", before="INSERT INTO bookmarks (user_id, job_id) VALUES ({candidate_id}, {job_id})"),
        "PUT /jobs/<int:job_id>/bookmark": Change("candidate"),
        "POST /jobs/<int:job_id>/duplicate": Change(),
        "POST /jobs/<int:job_id>/reports": Change("anonymous", {"reason": "spam"}),
        "POST /jobs/<int:job_id>/takedown": Change("admin", {"reason": "A fee."}),
        "POST /jobs/<int:job_id>/transitions": Change(body={"to": "paused"}),
        "POST /me/saved-searches": Change("candidate", {"name": "Nights", "query": {"q": "nurse"}}),
        "PATCH /me/saved-searches/<int:search_id>": Change("candidate", {"frequency": "weekly"}),
        "DELETE /me/saved-searches/<int:search_id>": Change("candidate"),
        "POST /unsubscribe/<token>": Change("anonymous", ids={"token": saved_search.sign(ids["search_id"])}),
        "POST /jobs/bulk": Change(body={"company_id": company, "jobs": [{"title": "Night nurse in bulk", "description": "<p>Care.</p>", "external_id": "B-1", "publish": True}]}),
        "POST /jobs/bulk-actions": Change(body={"job_ids": [job], "action": "close"}),
    }
    # fmt: on


def prepare(world: CacheWorld, change: Change) -> None:
    """Make the change possible."""
    if change.before:
        known = world.ids | {
            "owner_id": world.users["owner"].id,
            "candidate_id": world.users["candidate"].id,
            "foreign_invitation_id": world.foreign["invitation_id"],
        }
        db.session.execute(text(change.before.format(**known)))
    db.session.commit()


def token_for(world: CacheWorld, purpose: str) -> str:
    """A mailed token of the candidate."""
    with unit_of_work() as work:
        return one_time.issue(work, world.users["candidate"].id, purpose)
