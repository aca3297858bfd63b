"""A world in which every row that row-level security keeps holds a word found nowhere else."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy.dialects.postgresql import insert

from src.database import db
from src.models import Application, Bookmark, IdempotencyKey, Interview, Note
from src.utils import clock
from tests import factories
from tests.contract import world as contract_world
from tests.contract.operations import OPERATIONS, Operation
from tests.contract.world import World

KEPT = (
    "applications", "application_log", "notes", "interviews", "bookmarks", "api_keys",
    "idempotency_keys",
)  # fmt: skip
KEY = "a-key-that-was-used"
MOVE, WITHDRAW = (
    next(one for one in OPERATIONS if one.verb == "POST" and one.rule.endswith(f"/{name}"))
    for name in ("<int:application_id>/transitions", "withdraw")
)
WORDS = {
    "applications": "Letterword", "application_log": "Reasonword", "notes": "Noteword",
    "interviews": "Meetingword", "bookmarks": "Bookmarkword", "api_keys": "Keyword",
    "idempotency_keys": "Answerword",
}  # fmt: skip


@dataclass
class Planted(World):
    """`words` by table; each stands in rows of company A, its owner or its candidate alone."""

    words: dict[str, str] = field(default_factory=lambda: dict(WORDS))
    # A job that is listed nowhere but among the candidate's bookmarks.
    bookmarked: int = 0


def plant() -> Planted:
    """The world, committed."""
    world = Planted(**vars(contract_world.build()))
    candidate, owner = world.users["candidate"], world.users["owner"]
    application = db.session.get_one(Application, world.ids["application_id"])
    application.cover_letter = WORDS["applications"]
    application.status, application.status_reason = "under_review", WORDS["application_log"]
    db.session.get_one(Note, world.ids["note_id"]).body = WORDS["notes"]
    db.session.get_one(Interview, world.ids["interview_id"]).location = WORDS["interviews"]
    job = factories.make_job(status="archived", title=WORDS["bookmarks"])
    db.session.add(Bookmark(user_id=candidate.id, job_id=job.id))
    world.bookmarked = job.id
    for user in (candidate, owner):
        factories.key_headers(user, [], name=WORDS["api_keys"])
    keep_answer(owner.id, MOVE, world.ids)
    keep_answer(candidate.id, WITHDRAW, world.ids)
    db.session.commit()
    return world


def keep_answer(user_id: int, operation: Operation, ids: dict[str, Any]) -> None:
    """As if the user had sent this request with a key before."""
    body = operation.body(**ids)
    db.session.execute(
        insert(IdempotencyKey)
        .values(
            caller_key=f"user:{user_id}", method=operation.verb, path=operation.path(ids),
            key=KEY, body_hash=hashlib.sha256(b"" if body is None else orjson.dumps(body)).digest(),
            status=200, body=WORDS["idempotency_keys"].encode(), headers={},
            expires_at=clock.now() + timedelta(hours=1),
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
