"""Live answers against the document, over generated requests of everybody who may call."""

import contextvars
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from src.routes.finishing import EXPOSED
from tests.conftest import forget, undoing
from tests.contract.operations import OPERATIONS, Operation, over
from tests.contract.world import World
from tests.fuzzing import examples

CALLERS = {
    "anonymous": "anonymous",
    "candidate": "candidate",
    "employer": "owner",
    "admin": "admin",
}


def no_header_is_kept_quiet(_context: Any, response: Any, case: Any) -> None:
    """What pages may read is documented under the status that it comes with."""
    said = case.operation.responses.find_by_status_code(response.status_code)
    documented = {name.lower() for name, _ in said.headers.items()}
    sent = {name.lower() for name in EXPOSED} & set(response.headers)
    assert sent <= documented, sent - documented


CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    no_header_is_kept_quiet,
]
PAIRS = [
    pytest.param(operation, name, id=f"{operation} by {who}")
    for operation in OPERATIONS
    for who, name in CALLERS.items()
    if operation.policy.is_public
    or operation.takes(who)
    or (operation.policy.access == ("signed_in",) and who != "anonymous")
]
EXAMPLES = 4


@pytest.fixture(scope="module")
def schema(shared_app: Flask) -> Any:
    """The document as served, over the application itself."""

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        # It says that it takes gzip, and does not unpack what it is given then.
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return contextvars.Context().run(shared_app, environ, start_response)

    return schemathesis.openapi.from_wsgi("/openapi.json", wsgi)


@pytest.fixture(scope="module")
def good_cases(schema: Any) -> Callable[[Operation], Any]:
    """What makes requests of an operation, once for all who call it."""
    made: dict[str, Any] = {}

    def of(operation: Operation) -> Any:
        if str(operation) not in made:
            documented = schema[operation.documented_path][operation.verb]
            made[str(operation)] = documented.as_strategy(generation_mode=GenerationMode.POSITIVE)
        return made[str(operation)]

    return of


@pytest.fixture
def undone(world: World) -> Iterator[None]:
    """What is sent is taken, and undone after the test."""
    with undoing():
        yield
    forget()


@pytest.mark.long
@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize(("operation", "who"), PAIRS)
def test_answers_are_as_documented(
    good_cases: Callable[[Operation], Any],
    world: World,
    operation: Operation,
    who: str,
    tried: Callable[[], None],
) -> None:
    cases = good_cases(operation)

    @examples(EXAMPLES)
    @given(cases, st.sampled_from(["generated", "real ids", "example"]))
    def converse(case: Any, kind: str) -> None:
        if kind != "generated" and operation.arguments:
            case.path_parameters = {name: world.ids[name] for name in operation.arguments}
        if kind == "example" and operation.body_fields:
            case.body = operation.body(company_id=world.ids["company_id"])
        tried()
        case.call_and_validate(headers=world.headers[who], checks=CHECKS)

    converse()


@pytest.mark.usefixtures("undone")
@over([operation for operation in OPERATIONS if operation.body_fields or operation.parameters])
def test_nonsense_is_refused_as_documented(
    schema: Any, world: World, operation: Operation, tried: Callable[[], None]
) -> None:
    documented = schema[operation.documented_path][operation.verb]
    admitted = [name for who, name in CALLERS.items() if operation.takes(who)]
    headers = world.headers[admitted[0] if admitted else "owner"]

    @examples(EXAMPLES)
    @given(documented.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def converse(case: Any) -> None:
        case.path_parameters = {name: world.ids[name] for name in operation.arguments}
        tried()
        case.call_and_validate(headers=headers, checks=CHECKS)

    converse()
