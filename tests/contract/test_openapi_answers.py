"""What the document says of callers, changes, headers and caching is what is done."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from src.routes.openapi_answers import HEADERS
from src.services import saved_search as saved_service
from tests.contract.operations import OPERATIONS, Operation, over
from tests.contract.world import World


@pytest.fixture
def document(caller: FlaskClient) -> dict[str, Any]:
    return caller.get("/openapi.json").get_json()


def said_of_all(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_a_token_may_be_sent_wherever_it_is_looked_up(document: dict[str, Any]) -> None:
    public = [operation for operation in OPERATIONS if operation.policy.is_public]
    assert len(public) > 20
    for operation in public:
        said = document["paths"][operation.documented_path][operation.verb.lower()]
        knows = operation.policy.knows_callers
        assert said.get("security") == ([{}, {"bearer": []}] if knows else None), str(operation)


def part_of(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, or what it refers to."""
    named = schema.get("$ref") or next(
        (each["$ref"] for each in schema.get("anyOf", ()) if "$ref" in each), None
    )
    return document["components"]["schemas"][named.rpartition("/")[2]] if named else schema


@over([operation for operation in OPERATIONS if operation.verb == "PATCH"])
def test_a_change_fills_in_nothing_and_requires_nothing(
    document: dict[str, Any], operation: Operation
) -> None:
    said = document["paths"][operation.documented_path]["patch"]
    shape = part_of(document, said["requestBody"]["content"]["application/json"]["schema"])
    parts = [part_of(document, part) for part in shape["properties"].values()]
    # A saved search's `query` replaces the whole one: its defaults are those of a new one.
    merged = [part for part in parts if part != document["components"]["schemas"]["JobQuery"]]
    for schema in (shape, *merged):
        assert "required" not in schema
        assert "default" not in schema
        assert not [
            name for name, part in schema.get("properties", {}).items() if "default" in part
        ]


def test_a_part_of_a_wage_may_be_changed_as_the_document_says(
    caller: FlaskClient, world: World, document: dict[str, Any]
) -> None:
    salary = part_of(
        document, document["components"]["schemas"]["JobPatch"]["properties"]["salary"]
    )
    assert set(salary["properties"]) == {"min", "max", "currency", "period", "is_visible"}
    path = f"/api/v1/jobs/{world.ids['job_id']}"
    whole = {"min": 40_000, "currency": "EUR", "period": "year"}
    for salary in (whole, {"max": 90_000}):
        sent = {"json": {"salary": salary}, "headers": world.headers["owner"]}
        assert caller.patch(path, **sent).status_code == 200


@over([operation for operation in OPERATIONS if operation.verb == "GET"])
def test_304_is_documented_where_it_is_answered_and_nowhere_else(
    caller: FlaskClient, world: World, document: dict[str, Any], operation: Operation
) -> None:
    said = document["paths"][operation.documented_path]["get"]["responses"]
    answer = asked(caller, world, operation)
    tag = answer.headers.get("ETag")
    assert ("304" in said, "ETag" in said["200"]["headers"]) == (tag is not None,) * 2
    assert (tag is None) == ("no-store" in answer.headers["Cache-Control"])
    if tag is not None:
        again = asked(caller, world, operation, {"If-None-Match": tag})
        changes = "generated_at" in answer.text or operation.rule in CHANGING
        assert again.status_code == 304 or changes
        answer.close()
        again.close()


# Figures of this very moment.
CHANGING = ("/api/v1/cache/metrics", "/api/v1/database/performance")


def asked(
    caller: FlaskClient, world: World, operation: Operation, more: dict[str, str] | None = None
) -> Any:
    """A GET as somebody who may do it."""
    roles = {"admin": "admin", "employer": "owner", "candidate": "candidate"}
    who = next((name for role, name in roles.items() if operation.takes(role)), "candidate")
    headers = {} if operation.policy.is_public else world.headers[who]
    query = {"q": "nurse", "near": "Berlin"} if "q" in operation.parameters else {}
    known = {name: query[name] for name in query if name in operation.parameters}
    ids = world.ids
    if operation.rule.startswith("/api/v1/unsubscribe/"):
        ids = ids | {"token": saved_service.sign(ids["search_id"])}
    answer = caller.get(
        operation.path(ids), headers=headers | (more or {}),
        query_string=known | operation.query(world.ids),
    )  # fmt: skip
    assert answer.status_code in (200, 304), answer.text
    return answer


def test_what_is_done_is_told_in_words_of_its_own(document: dict[str, Any]) -> None:
    said = {
        (status, answer["description"])
        for operation in said_of_all(document)
        for status, answer in operation["responses"].items()
        if status < "300"
    }
    assert "Done." not in {words for _, words in said}
    assert len(said) >= 6


def test_a_row_of_a_bulk_is_shown_as_the_job_that_it_is(document: dict[str, Any]) -> None:
    rows = document["components"]["schemas"]["JobsBulkIn"]["properties"]["jobs"]
    assert part_of(document, rows["items"]) == document["components"]["schemas"]["JobIn"]


def test_whoever_answers_by_a_status_names_the_headers_it_always_has(
    document: dict[str, Any],
) -> None:
    always = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
    for operation in said_of_all(document):
        for status, answer in operation["responses"].items():
            assert answer["headers"]["X-Request-ID"], operation
            if status in always:
                assert answer["headers"][always[status]], operation


def test_every_header_is_described_once(document: dict[str, Any]) -> None:
    named = set(document["components"]["headers"])
    used = {
        header["$ref"].rpartition("/")[2]
        for operation in said_of_all(document)
        for answer in operation["responses"].values()
        for header in answer["headers"].values()
    }
    assert used == named == set(HEADERS)
