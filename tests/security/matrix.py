"""The permission matrix: every operation, by everybody, with another's id wherever an id can stand.

What is another's must be as what nobody has: the same status, the same body but for the names of
the request itself, the same headers, and the same number of statements.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from src.caller import Role
from src.database import db
from src.models import Application, Note
from src.services import invitation as invitation_service
from src.services.api_key import SCOPES_OF
from tests import factories
from tests.budget.test_list_statements import more
from tests.conftest import undoing
from tests.contract.operations import OPERATIONS, Operation
from tests.contract.world import MISSING, World
from tests.security.planted import KEY, Planted, keep_answer, plant

CALLERS = (
    "anonymous", "candidate", "other candidate", "owner", "recruiter", "viewer",
    "owner of another", "another owner's key", "admin", "employer's key without scope",
)  # fmt: skip
# Which ids stand in bodies and queries, by the name of the path argument that they equal; the
# others name public things.
NAMED = {
    "company_id": "company_id", "job_id": "job_id", "candidate_id": "user_id", "user_id": "user_id",
}  # fmt: skip
# Without these an id in the query is refused unseen.
BESIDE: dict[str, dict[str, Any]] = {"/api/v1/jobs": {"explain": 1, "q": "nurse"}}
MANY = {"job_ids": "job_id", "application_ids": "application_id"}
PUBLIC_NAMES = frozenset({"category_id", "parent_id", "external_id", "exclude_ids"})
POSITIONS = ("path", "inner path", "outer path", "body", "query", "bulk", "cursor", "key")
# Whose cursors and keys are tried, by the side of who tries.
_HOLDERS = {"A": ("owner", "candidate"), "B": ("owner of another", "other candidate")}
# With a key that is new to them, callers make things of their own; and what is read with a cursor,
# the audit keeps.
ADDING = ("key", "cursor")
TOO_MANY = 429
_STATEMENTS = re.compile(r'desc="(\d+) statement')
_ITSELF = ("request_id", "instance")
# Everything that somebody owns.
_OWNED = (
    "users", "sessions", "one_time_tokens", "api_keys", "companies", "memberships", "invitations",
    "benefits", "jobs", "job_reports", "audit", "applications", "application_log", "notes",
    "interviews", "bookmarks", "saved_searches",
)  # fmt: skip


@dataclass
class MatrixWorld(Planted):
    """Beside the companies A and B, the ids of one that is suspended, with a draft."""

    hidden: dict[str, Any] = field(default_factory=dict)
    # What only one side may see.
    words_of: dict[str, list[str]] = field(default_factory=dict)

    def side(self, who: str) -> str:
        return "B" if "other" in who else "A"

    def ids_of(self, side: str) -> dict[str, Any]:
        return self.ids if side == "A" else self.foreign


@dataclass(frozen=True)
class Try:
    """One operation by one caller, with another's id in one position."""

    operation: Operation
    who: str
    position: str
    name: str = ""


@dataclass(frozen=True)
class Verdict:
    """What came of it: as missing, entitled (it is public, or an operator's), or the leak."""

    tried: Try
    status: int
    leak: str = ""


def build() -> MatrixWorld:
    """The world, committed."""
    world = MatrixWorld(**vars(plant()))
    company = factories.make_company(factories.make_user("employer"), status="suspended")
    job = factories.make_job(company, "draft", title="Hiddenword")
    world.hidden = world.foreign | {"company_id": company.id, "job_id": job.id, "job": job.id}
    db.session.get_one(Application, world.foreign["application_id"]).cover_letter = "Otherword"
    db.session.get_one(Note, world.foreign["note_id"]).body = "Otherword"
    for side, holders in _HOLDERS.items():
        ids, (owner, candidate) = world.ids_of(side), holders
        people = {"owner": world.users[owner], "candidate": world.users[candidate]}
        for _ in range(2):
            more(World(ids=ids, users=people))
        for operation in _KEYED:
            holder = people["candidate" if operation.takes("candidate") else "owner"]
            keep_answer(holder.id, operation, _with_many(ids))
        world.words_of[side] = [world.users[candidate].email]
    holder = world.users["owner of another"]
    world.headers["another owner's key"] = factories.key_headers(holder, SCOPES_OF[Role.EMPLOYER])
    world.words_of["A"] += world.words.values()
    world.words_of["B"] += ["Otherword"]
    db.session.commit()
    return world


_KEYED = [one for one in OPERATIONS if one.contract.idempotent]


def tries() -> list[Try]:
    """Every place of every operation where an id can stand, by every caller."""
    return [
        Try(operation, who, position, name)
        for operation in OPERATIONS
        if operation.rule.startswith("/api/")
        for position, name in _places(operation)
        for who in CALLERS
        if not _is_entitled(operation, who, position)
    ]


def _places(operation: Operation) -> Iterator[tuple[str, str]]:
    arguments = [name for name in operation.arguments if name not in ("name", "category_id")]
    if arguments:
        yield "path", ""
    if len(arguments) > 1:
        yield "inner path", arguments[0]
        yield "outer path", arguments[0]
    yield from (("body", name) for name in operation.body_fields if name in NAMED)
    yield from (("query", name) for name in operation.parameters if name in NAMED)
    yield from (("bulk", name) for name in operation.body_fields if name in MANY)
    if "cursor" in operation.parameters and not operation.policy.is_public:
        yield "cursor", ""
    if operation.contract.idempotent:
        yield "key", ""


def _is_entitled(operation: Operation, who: str, position: str) -> bool:
    """Operators act on what is everybody's; and a key without a path is one's own."""
    if position == "key" and not operation.arguments:
        return who in (*_HOLDERS["A"], *_HOLDERS["B"], "another owner's key", "anonymous")
    is_for_admins = operation.takes("admin") or operation.rule in BESIDE
    return who == "admin" and is_for_admins


def rows_owned() -> set[str]:
    """Every row that somebody owns, as it is now."""
    each = (f"SELECT '{name}' || t::text FROM {name} t" for name in _OWNED)
    return set(db.session.execute(text(" UNION ALL ".join(each))).scalars())


def verdicts(client: FlaskClient, world: MatrixWorld, of: list[Try]) -> Iterator[Verdict]:
    """The verdict on each try; what it changed of anybody's rows is a leak too, and is undone."""
    matrix, before = Matrix(client, world), rows_owned()
    for some in _together(of):
        found, is_changed = _judged(matrix, some, before)
        if is_changed or any(verdict.status == TOO_MANY for verdict in found):
            # By which of them? And those that came after one are to be tried without it.
            for tried in some:
                (verdict,), is_changed = _judged(matrix, [tried], before)
                yield replace(verdict, leak="changes a row") if is_changed else verdict
        else:
            yield from found


def _together(of: list[Try]) -> Iterator[list[Try]]:
    """Those of an operation that leave everybody's rows as they are, and can share a look at them;
    with a key that is new to them, callers make things of their own.
    """
    for (_, position), some in itertools.groupby(of, lambda one: (str(one.operation), _look(one))):
        tries = [*some]
        yield from ([tried] for tried in tries) if position == "key" else [tries]


def _look(tried: Try) -> str:
    return tried.position if tried.position in ADDING else "nothing"


def _judged(matrix: "Matrix", of: list[Try], before: set[str]) -> tuple[list[Verdict], bool]:
    """The verdicts, and whether somebody's rows were changed meanwhile, which is undone."""
    with undoing():
        found = [matrix.judge(tried) for tried in of]
        after = rows_owned()
    return found, (not before <= after) if _look(of[0]) in ADDING else before != after


class Matrix:
    """The tries in one world, by a client of the application."""

    def __init__(self, client: FlaskClient, world: MatrixWorld) -> None:
        self._client, self._world = client, world
        self._cursors: dict[tuple[str, str], str | None] = {}
        # Signed by us, of an invitation that nobody has.
        self._missing = MISSING | {"token": invitation_service.sign_token(MISSING["invitation_id"])}

    def judge(self, tried: Try) -> Verdict:
        """Make the call with another's id and with one that nobody has, and hold them together."""
        make = {"cursor": self._by_cursor, "key": self._by_key}.get(tried.position, self._by_id)
        foreign, missing = make(tried)
        return Verdict(tried, foreign.status_code, self._leak(tried, foreign, missing))

    def _leak(self, tried: Try, foreign: TestResponse, missing: TestResponse | None) -> str:
        other = "A" if self._world.side(tried.who) == "B" else "B"
        shown = [
            word for word in (*self._world.words_of[other], "Hiddenword") if word in foreign.text
        ]
        if shown:
            return f"shows {shown}"
        if foreign.status_code >= 500:
            return "is an error"
        if missing is None:
            return ""
        for what, seen in (
            ("status", lambda answer: answer.status_code), ("body", _told),
            ("headers", lambda answer: {*answer.headers.keys()}), ("statements", _statements),
        ):  # fmt: skip
            if seen(foreign) != seen(missing):
                return f"other {what}: {seen(foreign)}, missing {seen(missing)}"
        return ""

    def _by_id(self, tried: Try) -> tuple[TestResponse, TestResponse]:
        operation, own = tried.operation, self._own(tried.who)
        theirs = self._theirs(tried)
        found = []
        for others in (theirs, self._missing):
            ids, body, query = dict(own), dict(own), {}
            if tried.position == "path":
                ids = others
            elif tried.position == "inner path":
                ids = others | {tried.name: own[tried.name]}
            elif tried.position == "outer path":
                ids = own | {tried.name: others[tried.name]}
            elif tried.position == "body":
                body[tried.name] = others[NAMED[tried.name]]
            elif tried.position == "query":
                query[tried.name] = others[NAMED[tried.name]]
            else:
                body[tried.name] = [others[MANY[tried.name]]]
            query = self._query(operation, own, **BESIDE.get(operation.rule, {})) | query
            found.append(self._call(operation, tried.who, ids, body, query))
        return found[0], found[1]

    def _by_cursor(self, tried: Try) -> tuple[TestResponse, None]:
        """Another's cursor: it goes on in one's own rows, or is of another list."""
        operation, side = tried.operation, self._world.side(tried.who)
        other = "A" if side == "B" else "B"
        holder = (
            "admin" if operation.takes("admin") else _HOLDERS[other][operation.takes("candidate")]
        )
        theirs, own = self._world.ids_of(other), self._world.ids_of(side)
        of_whom = str(operation), holder
        if of_whom not in self._cursors:
            query = self._query(operation, theirs, page_size=1)
            page = self._call(operation, holder, theirs, {}, query).get_json()
            self._cursors[of_whom] = page["next_cursor"]
        cursor = self._cursors[of_whom]
        assert cursor is not None, tried
        query = self._query(operation, own, cursor=cursor)
        return self._call(operation, tried.who, own, {}, query), None

    def _by_key(self, tried: Try) -> tuple[TestResponse, None]:
        """The Idempotency-Key that others have used for this very request."""
        theirs = self._theirs(tried)
        answer = self._call(tried.operation, tried.who, theirs, _with_many(theirs), {}, KEY)
        assert "Idempotency-Replayed" not in answer.headers, tried
        return answer, None

    def _call(
        self,
        operation: Operation,
        who: str,
        ids: dict[str, Any],
        body: dict[str, Any],
        query: dict[str, Any],
        key: str | None = None,
    ) -> TestResponse:
        sent = operation.body(**body)
        headers = self._world.headers[who] | ({"Idempotency-Key": key} if key else {})
        return self._client.open(
            operation.path(ids), method=operation.verb, query_string=query, headers=headers,
            **({} if sent is None else {"json": sent}),
        )  # fmt: skip

    def _query(self, operation: Operation, ids: dict[str, Any], **values: Any) -> dict[str, Any]:
        return operation.query(ids) | values

    def _own(self, who: str) -> dict[str, Any]:
        return self._world.ids_of(self._world.side(who))

    def _theirs(self, tried: Try) -> dict[str, Any]:
        """Rows in which the caller has no part; where the public has one, those that are hidden."""
        operation = tried.operation
        on_jobs = operation.takes("candidate") and {"job", "job_id"} & {*operation.arguments}
        if operation.policy.is_public or on_jobs:
            return self._world.hidden
        return self._world.ids_of("A" if self._world.side(tried.who) == "B" else "B")


def _with_many(ids: dict[str, Any]) -> dict[str, Any]:
    """The ids, and each in an array for bulks."""
    return ids | {name: [ids[one]] for name, one in MANY.items()}


def _told(answer: TestResponse) -> Any:
    """The body without what names the request or the ids in it."""
    body = answer.get_json(silent=True)
    if not isinstance(body, dict):
        return body
    told = {name: value for name, value in body.items() if name not in _ITSELF}
    for skipped in told.get("skipped", ()):
        skipped.pop("id", None)
    return told


def _statements(answer: TestResponse) -> str:
    found = _STATEMENTS.search(answer.headers["Server-Timing"])
    return found[1] if found else "none"
