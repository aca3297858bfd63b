"""Row-level security by itself: the application is made to take the caller for somebody else.

Every check and every filter then asks for the other's rows, so only the database stands between.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from src import auth
from src.caller import Caller
from src.database import db
from tests.conftest import undoing
from tests.contract.operations import OPERATIONS, Operation
from tests.factories import rows
from tests.security.planted import KEPT, KEY, Planted

TAKEN_FOR = {
    "other candidate": "candidate", "owner of another": "owner",
    "recruiter of another": "recruiter",
}  # fmt: skip
ROLES = {"other candidate": "candidate"}
PAIRS = [
    pytest.param(operation, who, id=f"{operation} by {who}")
    for operation in OPERATIONS
    for who in TAKEN_FOR
    if operation.takes(ROLES.get(who, "employer"))
    or operation.policy.access == ("signed_in",)
    or operation.policy.is_public
]
# The tables' rows as a whole, each by a digest.
STATE = " UNION ALL ".join(
    f"SELECT '{name}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t"
    for name in KEPT
)
Ask = Callable[[Operation, str], Any]


@pytest.fixture
def ask(caller: FlaskClient, world: Planted, undone: None, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Calls an operation about company A's rows, with callers whom it takes for its people."""
    lookup = auth._lookup

    def mistaken(token: str, address: str) -> Caller:
        who = next(name for name, headers in world.headers.items() if token in str(headers))
        believed = lookup(_token(world, TAKEN_FOR[who]), address)
        lookup(token, address)
        return believed

    def call(operation: Operation, who: str) -> Any:
        ids = world.ids | ({"job_id": world.bookmarked} if "bookmark" in operation.rule else {})
        bulk = {"job_ids": [ids["job_id"]], "application_ids": [ids["application_id"]]}
        body = operation.body(company_id=ids["company_id"], **bulk)
        return caller.open(
            operation.path(ids), method=operation.verb, query_string=operation.query(ids),
            headers=world.headers[who] | {"Idempotency-Key": KEY},
            **({} if body is None else {"json": body}),
        )  # fmt: skip

    monkeypatch.setattr(auth, "_lookup", mistaken)
    return call


def _token(world: Planted, who: str) -> str:
    return world.headers[who]["Authorization"].removeprefix("Bearer ")


def shown(world: Planted, answer: Any) -> list[str]:
    """The tables whose planted words are in the answer."""
    return [table for table, word in world.words.items() if word in answer.text]


@pytest.fixture(scope="module")
def before(world: Planted) -> list[Any]:
    """The state that each test begins with, all before it being undone."""
    return rows(STATE)


@pytest.mark.parametrize(("operation", "who"), PAIRS)
def test_nothing_kept_is_shown_or_changed_though_the_first_wall_is_down(
    ask: Ask, world: Planted, before: list[Any], operation: Operation, who: str
) -> None:
    answer = ask(operation, who)
    assert shown(world, answer) == []
    assert rows(STATE) == before


@pytest.fixture
def one_wall(ask: Ask) -> Ask:
    """The same without row-level security; nor on the audit, which refuses what is not ours."""
    for table in (*KEPT, "audit"):
        db.session.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
    db.session.commit()
    return ask


def until_all(tables: Iterator[set[str]]) -> set[str]:
    """What they come to together; once each was among them, the rest is not asked."""
    found: set[str] = set()
    for some in tables:
        found |= some
        if found >= set(KEPT):
            break
    return found


def test_with_both_walls_down_each_table_is_shown(one_wall: Ask, world: Planted) -> None:
    def seen() -> Iterator[set[str]]:
        for operation, who in (pair.values for pair in PAIRS):
            with undoing():
                answer = one_wall(operation, who)
            yield {*shown(world, answer)}

    assert until_all(seen()) == set(KEPT)


def test_with_both_walls_down_each_table_is_changed(one_wall: Ask, before: list[Any]) -> None:
    def written() -> Iterator[set[str]]:
        for operation, who in (pair.values for pair in PAIRS):
            if operation.writes:
                with undoing():
                    one_wall(operation, who)
                    after = rows(STATE)
                yield {old.name for old in before if old not in after}

    # Triggers alone write the log, and they write it for who moves an application.
    assert until_all(written()) == set(KEPT)
