from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from src.routes.contract import contract_of
from src.routes.examples import example_of

VERBS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    return client.get("/openapi.json").get_json()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [path[verb] for path in document["paths"].values() for verb in VERBS if verb in path]


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"] == "3.1.0"


def test_every_operation_has_a_name_of_its_own_and_a_summary(document: dict[str, Any]) -> None:
    found = operations(document)
    assert len({operation["operationId"] for operation in found}) == len(found)
    assert all(operation["summary"] for operation in found)


def test_every_route_is_in_the_document(app: Flask, document: dict[str, Any]) -> None:
    verbs = sum(len(rule.methods - {"HEAD", "OPTIONS"}) for rule in app.url_map.iter_rules())
    assert len(operations(document)) == verbs


def test_every_body_and_every_good_answer_shows_an_example(document: dict[str, Any]) -> None:
    for operation in operations(document):
        contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
        good = [answer for status, answer in operation["responses"].items() if status < "300"]
        contents += [answer["content"] for answer in good if "content" in answer]
        for content in contents:
            shape = content.get("application/json", {"example": None})
            assert "example" in shape or shape["schema"] == {"type": "object"}, operation


def test_the_examples_of_bodies_are_bodies_that_are_taken(app: Flask) -> None:
    shapes = {contract_of(view).body for view in app.view_functions.values()} - {None}
    refused = {
        shape.__name__: found
        for shape in shapes
        if (found := shape().validate(example_of(shape())))
    }
    assert refused == {}


def test_shapes_are_closed(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    open_ones = {
        name for name, schema in schemas.items() if schema.get("additionalProperties") is not False
    }
    assert open_ones == {"Problem"}


def test_failures_are_documented_as_problems(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400" and operation["operationId"] != "health_get_ready":
                assert "application/json" not in answer["content"] or status == "503"
        assert "503" in operation["responses"]


def test_a_bad_token_is_refused_wherever_the_document_says_so_and_nowhere_else(
    app: Flask, client: FlaskClient, document: dict[str, Any]
) -> None:
    headers = {"Authorization": "Bearer nobodys"}
    refusing = {
        rule.rule: client.get(rule.rule, headers=headers).status_code == 401
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments
    }
    said = {path: "401" in document["paths"][path]["get"]["responses"] for path in refusing}
    assert said == refusing
    assert {path for path, is_said in said.items() if not is_said} == {
        "/health", "/health/ready", "/api/v1/health", "/api/v1/health/ready",
    }  # fmt: skip


def test_the_page_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "http" not in page.text.replace("<!doctype html>", "").replace("html", "")
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        with client.get(f"/docs/assets/{name}") as asset:
            assert asset.status_code == 200
