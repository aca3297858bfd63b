"""The document's examples are what its schemas say, formats too, and are taken when sent."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import update

from src.database import db
from src.models import User
from src.utils import passwords
from tests.conftest import forget, undoing
from tests.contract.operations import OPERATIONS, Operation, over
from tests.contract.world import World

FORMATS = FormatChecker()
FORMATS.checks("uri")(lambda text: not isinstance(text, str) or bool(urlsplit(text).netloc))
OLD = "correct lantern river 7"
# Codes from mails, which no document can know.
UNKNOWABLE = {"token"}


@pytest.fixture
def document(caller: FlaskClient) -> dict[str, Any]:
    return caller.get("/openapi.json").get_json()


def shown(document: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Where an example stands, its schema, and the example."""
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            contents = {"body": operation.get("requestBody", {}).get("content", {})}
            answers = operation["responses"].items()
            contents |= {status: answer.get("content", {}) for status, answer in answers}
            for name, content in contents.items():
                for media in content.values():
                    if "example" in media:
                        yield f"{verb} {path} {name}", media["schema"], media["example"]


def within(name: str, schema: Any) -> Iterator[tuple[str, Any, Any]]:
    """The examples that stand in a schema itself, at any depth."""
    for key, inner in schema.items() if isinstance(schema, dict) else ():
        if key == "properties":
            for field, part in inner.items():
                yield from within(f"{name}.{field}", part)
        elif key == "example":
            yield name, schema, inner
        else:
            yield from within(name, inner)


def formats_in(part: Any) -> set[str]:
    found: set[str] = set()
    for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
        if key == "format" and isinstance(inner, str):
            found.add(inner)
        elif isinstance(inner, dict | list):
            found |= formats_in(inner)
    return found


def test_examples_are_what_their_schemas_say(document: dict[str, Any]) -> None:
    assert formats_in(document) <= set(FORMATS.checkers)
    wrong = []
    schemas = document["components"]["schemas"].items()
    own = [found for name, schema in schemas for found in within(name, schema)]
    for place, schema, example in [*shown(document), *own]:
        whole = Draft202012Validator(
            {**schema, "components": document["components"]}, format_checker=FORMATS
        )
        wrong += [
            f"{place}: {error.json_path}: {error.message}" for error in whole.iter_errors(example)
        ]
    assert len(own) > 50
    assert wrong == []


@over([operation for operation in OPERATIONS if operation.body_fields])
def test_the_example_of_a_body_is_taken_when_it_is_sent(
    caller: FlaskClient, world: World, operation: Operation
) -> None:
    roles = {"candidate": "candidate", "employer": "owner", "admin": "admin"}
    who = next((name for role, name in roles.items() if operation.takes(role)), "candidate")
    headers = {} if operation.policy.is_public else world.headers[who]
    with undoing():
        known = update(User).where(User.email == world.users[who].email)
        db.session.execute(known.values(password_hash=passwords.hash_password(OLD)))
        db.session.commit()
        ids = {"company_id": world.ids["company_id"], "current_password": OLD}
        body = operation.body(**ids, **({} if operation.policy.is_public else {"password": OLD}))
        answer = operation.call(caller, headers, world.ids, body)
    forget()
    assert answer.status_code not in (400, 415), answer.text
    if answer.status_code == 422:
        assert set(answer.json["errors"]) <= UNKNOWABLE, answer.text


def test_the_example_of_a_wage_is_one_that_somebody_may_earn(document: dict[str, Any]) -> None:
    found = {place: example for place, _, example in shown(document)}
    sent = found["post /api/v1/jobs body"]["salary"]
    assert (sent["min"], sent["max"], sent["period"]) == (48000, 56000, "year")
    answered = found["get /api/v1/jobs/{job_id} 200"]["salary"]
    assert answered["display"] == "EUR 48,000 – 56,000 a year"
    assert (answered["min"], answered["max"], answered["period"]) == (48000, 56000, "year")
