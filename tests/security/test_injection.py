"""Words that mean something to a database, wherever a request can say words."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields

from src.utils import signed
from tests.conftest import undoing
from tests.contract.operations import OPERATIONS, Operation, over
from tests.security import matrix
from tests.security.matrix import MatrixWorld
from tests.security.sending import WITH_BODIES, good, places, send, with_value

SQL = (
    "' OR '1'='1", "'; DROP TABLE users; --", "1; SELECT pg_sleep(9)",
    "' UNION SELECT email FROM users--",
    "$$||pg_sleep(9)||$$", "(SELECT 1)", "id; DELETE FROM jobs", "CASE WHEN 1=1 THEN id END",
    "{{config}}", "%(id)s", ":id", "?", "\\", "\\'", '"', "``",
)  # fmt: skip
LIKE = ("%", "_", "%%%", "\\%", "a%b_c", "[a-z]", ".*")
TSQUERY = (
    "a & | ! b", "!!", "a:*", ":*", "<->", "a <-> b", "(((", ")", "''", '"', '"a', "-", "or",
    "- or -", "a or or b", "a:b", "a\\", "🙂", "& | ! ( ) : * <", "a&b|!c",
)  # fmt: skip
ORDER_BY = (
    "id",
    "id desc",
    "newest; select 1",
    "newest,id",
    "NEWEST",
    "1",
    "random()",
    "newest--",
    "",
)
LISTS = [one for one in OPERATIONS if one.verb == "GET" and one.parameters]
PAGED = [one for one in LISTS if "cursor" in one.parameters]


@pytest.fixture(scope="module")
def world(world_app: Flask) -> MatrixWorld:
    """The matrix's world."""
    return matrix.build()


@pytest.fixture
def client(world: MatrixWorld, world_app: Flask) -> Iterator[FlaskClient]:
    """A caller, whose doings are undone."""
    with undoing():
        yield world_app.test_client()


def words_of(operation: Operation) -> list[str]:
    shape = operation.contract.query
    named = () if shape is None else shape().fields.items()
    return [name for name, field in named if isinstance(field, fields.String) and name != "cursor"]


def assert_harmless(world: MatrixWorld, answer: Any, said: str) -> None:
    assert answer.status_code in (200, 204, 404, 422), (said, answer.text)
    hidden = [word for word in (*world.words_of["B"], "Hiddenword") if word in answer.text]
    assert hidden == [], said
    assert "psycopg" not in answer.text
    assert "syntax error" not in answer.text


@pytest.mark.long
@over([one for one in LISTS if words_of(one)])
def test_words_in_a_query_are_words_and_nothing_more(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    for name in words_of(operation):
        for said in (*SQL, *LIKE, *TSQUERY):
            assert_harmless(world, send(client, world, operation, query={name: said}), said)


@over([one for one in LISTS if "sort" in one.parameters])
def test_nothing_is_ordered_by_what_is_not_in_the_list_of_orders(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    for said in (*ORDER_BY, *SQL):
        assert send(client, world, operation, query={"sort": said}).status_code == 422, said


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/api/v1/companies?industry={}", "anonymous"), ("/api/v1/jobs?location={}", "anonymous"),
        ("/api/v1/admin/users?q={}", "admin"), ("/api/v1/employer/applications?q={}", "owner"),
    ],
)  # fmt: skip
def test_a_wildcard_finds_no_more_than_itself(
    client: FlaskClient, world: MatrixWorld, path: str, who: str
) -> None:
    for said in ("%25", "_", "%25x%25", "' OR '1'='1"):
        answer = client.get(path.format(said), headers=world.headers[who])
        assert answer.status_code == 200, answer.text
        assert answer.json["total"] == 0, said


@over([one for one in OPERATIONS if one.rule.startswith("/api/") and "<" in one.rule])
def test_words_in_a_path_are_the_name_of_nothing(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    for name in operation.arguments:
        for said in (*SQL, *LIKE):
            quoted = said.replace("%", "%25").replace("?", "%3F").replace("/", "%2F")
            ids, body = {name: quoted}, good(world, operation) or None
            answer = send(client, world, operation, body, ids=ids)
            assert answer.status_code in (404, 405), (said, answer.text)


@pytest.mark.long
@over(WITH_BODIES)
def test_words_in_a_body_are_kept_as_they_are_or_refused(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    users = len(client.get("/api/v1/admin/users", headers=world.headers["admin"]).json["items"])
    for place in places(operation.contract.body(), fields.String):
        for said in (*SQL[:6], *TSQUERY[:2]):
            body = with_value(good(world, operation), place, said)
            assert send(client, world, operation, body).status_code < 500, (place, said)
    left = client.get("/api/v1/admin/users", headers=world.headers["admin"]).json["items"]
    assert len(left) >= users


def tampered(cursor: str, secret: str) -> Iterator[str]:
    """What is no cursor of ours, or not any more."""
    payload, _, signature = cursor.rpartition(".")
    # The last character has bits that say nothing.
    for place in range(0, len(cursor) - 1, 7):
        other = "A" if cursor[place] != "A" else "B"
        yield cursor[:place] + other + cursor[place + 1 :]
    yield from (cursor[:-1], cursor + "A", payload, signature, f".{signature}", f"{payload}.", "")
    for key, salt in (("", "cursor"), (secret, "invitation"), (secret[::-1], "cursor")):
        yield signed.serializer(key or "x", salt).dumps(["mark", 2, "2026-01-01", [1]])
    for said in ([], {}, None, "x", [1, 2, 3, 4], ["mark", "x", 5, {}]):
        dumped = signed.serializer(secret, "cursor").dumps(said)
        assert isinstance(dumped, str)
        yield dumped


@pytest.mark.long
@over(PAGED)
def test_a_cursor_that_was_touched_is_refused(
    client: FlaskClient, world: MatrixWorld, operation: Operation, world_app: Flask
) -> None:
    page = send(client, world, operation, query={"page_size": 1}).get_json()
    if page["next_cursor"] is None:
        assert page["total"] <= 1
        return
    for cursor in tampered(page["next_cursor"], world_app.config["SECRET_KEY"]):
        answer = send(client, world, operation, query={"cursor": cursor})
        # None at all is none that was touched.
        assert answer.status_code == (422 if cursor else 200), (cursor, answer.text)
