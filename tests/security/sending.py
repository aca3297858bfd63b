"""An operation with a caller that it takes and a good body, and variations of both."""

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from marshmallow import Schema, fields
from werkzeug.test import TestResponse

from tests.contract.operations import OPERATIONS, Operation
from tests.contract.world import World

Place = tuple[str | int, ...]
WITH_BODIES = [one for one in OPERATIONS if one.contract.body is not None]
SENDERS = {"candidate": "candidate", "employer": "owner", "admin": "admin"}


def sender(operation: Operation) -> str:
    """Somebody whom the operation takes."""
    if operation.policy.is_public:
        return "anonymous"
    return next((who for role, who in SENDERS.items() if operation.takes(role)), "owner")


def send(
    client: FlaskClient,
    world: World,
    operation: Operation,
    body: Any = None,
    query: dict[str, Any] | None = None,
    ids: dict[str, Any] | None = None,
) -> TestResponse:
    """A call by somebody whom the operation takes; bytes are sent as they are."""
    sent = {"data": body} if isinstance(body, bytes) else {"json": body}
    given = operation.query(world.ids) | (query or {})
    return client.open(
        operation.path(world.ids | (ids or {})), method=operation.verb, query_string=given,
        headers=world.headers[sender(operation)],
        content_type="application/json" if body is not None else None,
        **({} if body is None else sent),
    )  # fmt: skip


def good(world: World, operation: Operation) -> dict[str, Any]:
    """A body that is taken."""
    many = {"job_ids": [world.ids["job_id"]], "application_ids": [world.ids["application_id"]]}
    return operation.body(company_id=world.ids["company_id"], **many) or {}


def places(schema: Schema, kind: type[Any], at: Place = ()) -> Iterator[Place]:
    """Where fields of this kind stand in bodies of the shape, nested and in lists too."""
    for name, field in schema.fields.items():
        if isinstance(field, fields.Nested):
            inner: Place = (*at, name, 0) if field.schema.many else (*at, name)
            yield from places(field.schema, kind, inner)
        elif isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            yield from places(field.inner.schema, kind, (*at, name, 0))
        elif isinstance(field, fields.List) and isinstance(field.inner, kind):
            yield (*at, name, 0)
        elif isinstance(field, kind):
            yield (*at, name)


def with_value(body: Any, place: Place, value: Any) -> Any:
    """The body with another value in one place, and what leads there made where it is not."""
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        members = body or [{}]
        return [with_value(members[0], rest, value) if rest else value, *members[1:]]
    inside = body if isinstance(body, dict) else {}
    return inside | {step: with_value(inside.get(step), rest, value) if rest else value}
