"""Bodies that say more than they may, and bodies that are meant to hurt the reader."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields

from src.database import Base
from src.schemas.base import Money, Timestamp
from tests.conftest import undoing
from tests.contract.operations import OPERATIONS, Operation, over
from tests.security import matrix
from tests.security.matrix import MatrixWorld
from tests.security.sending import WITH_BODIES, good, places, send, with_value

# Every column there is, and what frameworks are known to bind.
COLUMNS = sorted(
    {column.name for table in Base.metadata.tables.values() for column in table.columns}
    | {"is_admin", "admin", "roles", "scopes", "__class__", "__proto__", "constructor", "_id"}
)
# No more are complained of at once.
AT_ONCE = 20


@pytest.fixture(scope="module")
def world(world_app: Flask) -> MatrixWorld:
    """The matrix's world."""
    return matrix.build()


@pytest.fixture
def client(world: MatrixWorld, world_app: Flask) -> Iterator[FlaskClient]:
    """A caller, whose doings are undone."""
    with undoing():
        yield world_app.test_client()


@over(WITH_BODIES)
def test_no_column_is_written_that_the_body_does_not_have(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    body, before = good(world, operation), matrix.rows_owned()
    foreign = [name for name in COLUMNS if name not in operation.body_fields]
    for start in range(0, len(foreign), AT_ONCE):
        some = foreign[start : start + AT_ONCE]
        answer = send(client, world, operation, body | dict.fromkeys(some, 1))
        assert answer.status_code == 422, answer.text
        assert {*answer.get_json()["errors"]} == {*some}
    assert matrix.rows_owned() == before


@over(WITH_BODIES)
def test_no_column_is_written_through_a_nested_object(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    body, before = good(world, operation), matrix.rows_owned()
    shapes = {place[:-1] for place in places(operation.contract.body(), fields.Field)} - {()}
    for place in shapes:
        for name in ("id", "company_id", "status", "version"):
            answer = send(client, world, operation, with_value(body, (*place, name), 1))
            assert answer.status_code in (200, 422), answer.text
            assert "errors" in answer.text or "failed" in answer.text
    assert matrix.rows_owned() == before


# Valid JSON or not, none of it can be meant.
BODIES: dict[str, bytes] = {
    "deep arrays": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "half of it": b'{"a": {"b": [1, 2',
    "not a number": b'{"a": NaN}', "infinity": b'{"a": -Infinity}',
    "a lone surrogate": b'{"a": "\\udc00"}', "half a letter": b'{"a": "\xc3"}',
    "a nul": b'{"a": "b"}\0', "a mark of order": b"\xef\xbb\xbf{}",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "a comment": b'{"a": 1 /* b */}', "a trailing comma": b'{"a": 1,}',
    "a number alone": b"1", "nothing": b"", "null": b"null", "a string": b'"a"',
    "an array of 100,000": b"[" + b"{}," * 99_999 + b"{}]",
    "a number of 5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "one name a hundred thousand times": b"{" + b'"a": 1,' * 30_000 + b'"a": 1}',
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_what_no_client_means_is_refused_by_everything_that_reads_a_body(
    client: FlaskClient, world: MatrixWorld, name: str
) -> None:
    for operation in WITH_BODIES:
        answer = send(client, world, operation, BODIES[name])
        assert 400 <= answer.status_code < 500, (str(operation), answer.text)
        assert len(answer.data) < 20_000


NUMBERS: tuple[Any, ...] = (
    2**63, -(2**63) - 1, 2**64, -1, 0, 1.5, "1", True, [1], {}, 10**400, 1e308, "9" * 5000,
    "٣", "1_000", "0x1", " 1", None,
)  # fmt: skip
TIMES = (
    "9999999-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2024-02-30T00:00:00Z",
    "-2024-01-01T00:00:00Z", "2024-01-01T25:00:00Z", "2024-01-01T00:00:00+99:99", "2024-01-01",
    "now", "infinity", "2024-W01", "9999-12-31T23:59:59-23:59", 0, 1e300, "",
)  # fmt: skip
STRINGS = (
    "\0",
    "a\0b",
    "\ud800",
    "x" * 200_000,
    "\u202egnp",
    "%00",
    "{{7*7}}",
    "${jndi:x}",
    0,
    [],
    {},
)
PARAMETERS = (2**63, -1, "9" * 5000, "1e9", "٣", "\0", "x" * 5000, "9999999-01-01T00:00:00Z")
IDS = (2**63, 2**64, 10**30, 0, "1.5", "%C0%AE", "..%2f..", "1'--", "%E2%80%AE", "a" * 3000)
VALUES: dict[type[Any], tuple[Any, ...]] = {
    fields.Integer: NUMBERS, Money: NUMBERS, Timestamp: TIMES, fields.String: STRINGS,
    fields.Boolean: ("true", 1, []),
}  # fmt: skip


@pytest.mark.long
@over(WITH_BODIES)
def test_no_value_of_any_field_is_an_error_of_ours(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    body = good(world, operation)
    for kind, values in VALUES.items():
        for place in places(operation.contract.body(), kind):
            for value in values:
                # Written by another than ours, which would refuse some of it.
                sent = json.dumps(with_value(body, place, value)).encode()
                answer = send(client, world, operation, sent)
                assert answer.status_code < 500, (place, value, answer.text)


LISTS = [one for one in OPERATIONS if one.parameters and one.verb == "GET"]


@pytest.mark.long
@over(LISTS)
def test_no_value_of_any_parameter_is_an_error_of_ours(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    for name in operation.parameters:
        for value in PARAMETERS:
            answer = send(client, world, operation, query={name: value})
            assert answer.status_code < 500, (name, value, answer.text)


@over([one for one in OPERATIONS if one.arguments and one.rule.startswith("/api/")])
def test_no_id_in_a_path_is_an_error_of_ours(
    client: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    for name in operation.arguments:
        for value in IDS:
            answer = send(
                client, world, operation, good(world, operation) or None, ids={name: value}
            )
            assert 400 <= answer.status_code < 500, (name, value, answer.text)
