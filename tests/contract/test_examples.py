"""The document's examples are what its schemas say."""

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator


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


def test_examples_are_what_their_schemas_say(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    wrong = []
    for place, schema, example in shown(document):
        whole = Draft202012Validator({**schema, "components": document["components"]})
        wrong += [
            f"{place}: {error.json_path}: {error.message}" for error in whole.iter_errors(example)
        ]
    assert wrong == []
