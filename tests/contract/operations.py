"""Every operation of the application, read off its URL map: what the generated tests walk over."""

import functools
import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema
from werkzeug.test import TestResponse

from src.auth import Policy
from src.routes import blueprints
from src.routes.contract import Contract, contract_of
from src.routes.examples import example_of

_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@functools.cache
def shape(of: type[Schema]) -> Schema:
    """One instance of it: its fields are asked for thousands of times."""
    return of()


@dataclass(frozen=True)
class Operation:
    """A verb at a rule, its policy and its contract."""

    verb: str
    rule: str
    policy: Policy
    contract: Contract

    @property
    def arguments(self) -> list[str]:
        return [name for _, name in _ARGUMENT.findall(self.rule)]

    @property
    def writes(self) -> bool:
        return self.verb in WRITES

    def takes(self, role: str) -> bool:
        return role in self.policy.access

    @property
    def body_fields(self) -> tuple[str, ...]:
        return () if self.contract.body is None else tuple(shape(self.contract.body).fields)

    @property
    def parameters(self) -> tuple[str, ...]:
        return () if self.contract.query is None else tuple(shape(self.contract.query).fields)

    def query(self, ids: dict[str, Any]) -> dict[str, Any]:
        """The ids that a query must name."""
        known = {} if self.contract.query is None else shape(self.contract.query).fields
        return {name: ids[name] for name, field in known.items() if field.required and name in ids}

    def path(self, ids: dict[str, Any]) -> str:
        return _ARGUMENT.sub(lambda match: str(ids[match[2]]), self.rule)

    def body(self, **values: Any) -> dict[str, Any] | None:
        """The documented example; `values` replace those of its fields that have their names."""
        if self.contract.body is None:
            return None
        known = {name: value for name, value in values.items() if name in self.body_fields}
        return example_of(shape(self.contract.body)) | known

    def call(
        self,
        client: FlaskClient,
        headers: dict[str, str],
        ids: dict[str, Any],
        body: dict[str, Any] | None = None,
    ) -> TestResponse:
        sent = {} if body is None else {"json": body}
        return client.open(self.path(ids), method=self.verb, headers=headers, **sent)

    @property
    def documented_path(self) -> str:
        return _ARGUMENT.sub(r"{\2}", self.rule)

    def __str__(self) -> str:
        return f"{self.verb} {self.documented_path}"


def _all() -> list[Operation]:
    app = Flask("routes", static_folder=None)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            policy = view.__dict__["policy"]
            found.append(Operation(verb, rule.rule, policy, contract_of(view)))
    return sorted(found, key=lambda operation: (operation.rule, operation.verb))


OPERATIONS = _all()
PROTECTED = [operation for operation in OPERATIONS if not operation.policy.is_public]


def over(operations: list[Operation], *callers: str) -> pytest.MarkDecorator:
    """One test for each operation, and for each caller if some are named."""
    if not callers:
        return pytest.mark.parametrize("operation", operations, ids=str)
    return pytest.mark.parametrize(
        ("operation", "who"),
        [
            pytest.param(operation, who, id=f"{operation} by {who}")
            for operation in operations
            for who in callers
        ],
    )


def told(answer: TestResponse) -> dict[str, Any]:
    """A refusal without what names the request itself."""
    body: dict[str, Any] = answer.get_json()
    return {key: body[key] for key in body if key not in ("request_id", "instance")}
