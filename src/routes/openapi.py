"""The OpenAPI 3.1 document, read off the routes' decorators."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from werkzeug.routing import Rule

from src.auth import Policy
from src.routes.contract import Contract, contract_of
from src.routes.errors import STATUSES
from src.routes.examples import example_of
from src.schemas.base import Choices, Ids, Money, Timestamp

VERSION = "0.1.0"
_TITLES = {status: title for status, _, title in STATUSES.values()}


def document(app: Flask) -> dict[str, Any]:
    """The whole document, made once an application."""
    made: dict[str, Any] | None = app.extensions.get("openapi")
    if made is None:
        made = app.extensions["openapi"] = _build(app)
    return made


def _build(app: Flask) -> dict[str, Any]:
    plugin = MarshmallowPlugin(schema_name_resolver=_Names())
    spec = APISpec(
        title="TalentSphere",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": "Jobs, applications, companies and employers' dashboards."},
        servers=[{"url": "/"}],
    )
    if plugin.converter is not None:
        plugin.converter.add_attribute_function(_types)  # type: ignore[no-untyped-call]
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", _PROBLEM)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        operations = {
            verb.lower(): _operation(rule, view, view.__dict__["policy"], contract_of(view))
            for verb in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        }
        spec.path(_path(rule), operations=operations)
    return spec.to_dict()


def _operation(rule: Rule, view: Any, policy: Policy, contract: Contract) -> dict[str, Any]:
    summary = (view.__doc__ or "").strip().splitlines()[0].rstrip(".")
    name = rule.endpoint.replace(".", "_")
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "tags": [rule.endpoint.split(".")[0]],
        "parameters": _parameters(rule, contract),
        "responses": _responses(rule, policy, contract),
    }
    if contract.body is not None:
        content = {"schema": contract.body, "example": example_of(contract.body())}
        operation["requestBody"] = {
            "required": True, "content": {"application/json": content}
        }  # fmt: skip
    elif "form" in contract.extra:
        operation["requestBody"] = {"content": {_FORM: {"schema": _form_schema(contract)}}}
    if not policy.is_public:
        operation["security"] = [{"bearer": []}]
        roles = ", ".join(policy.access).replace("signed_in", "anybody signed in")
        key = f"; an API key needs `{policy.scope}`" if policy.scope else "; no API key"
        operation["description"] = f"For: {roles}{key}."
    return operation


_FORM = "application/x-www-form-urlencoded"


def _form_schema(contract: Contract) -> dict[str, Any]:
    name, word = contract.extra["form"]
    return {"type": "object", "properties": {name: {"type": "string", "enum": [word]}}}


def _parameters(rule: Rule, contract: Contract) -> list[Any]:
    found: list[Any] = [
        {"in": "path", "name": name, "required": True, "schema": _path_type(rule, name)}
        for name in sorted(rule.arguments)
    ]
    if contract.query is not None:
        found.append({"in": "query", "schema": contract.query})
    if contract.idempotent:
        found.append(_header("Idempotency-Key", _KEY_SCHEMA))
    if contract.if_match:
        found.append(_header("If-Match", {"type": "string"}))
    return found


_KEY_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}


def _path_type(rule: Rule, name: str) -> dict[str, Any]:
    if f"<int:{name}>" in rule.rule:
        return {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
    return {"type": "string", "minLength": 1}


def _header(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": False, "schema": schema}


def _responses(rule: Rule, policy: Policy, contract: Contract) -> dict[str, Any]:
    media = contract.extra.get("media", "application/json")
    if contract.answer is not None:
        schema: Any = contract.answer
        example: Any = example_of(contract.answer())
        if contract.extra.get("many"):
            schema, example = {"type": "array", "items": schema}, [example]
        content: dict[str, Any] = {media: {"schema": schema, "example": example}}
    elif "media" in contract.extra:
        content = {media: {"schema": {"type": "string"}}}
    elif contract.status == 204:
        content = {}
    else:
        content = {"application/json": {"schema": {"type": "object"}}}
    good: dict[str, Any] = {"description": "Done."}
    if content:
        good["content"] = content
    responses = {str(contract.status): good}
    if contract.extra.get("also"):
        responses[str(contract.extra["also"])] = good
    if contract.status == 200 and "GET" in (rule.methods or ()):
        responses["304"] = {"description": "Unchanged since the ETag named."}
    for status in sorted(_failures(rule, policy, contract)):
        if str(status) not in responses:
            responses[str(status)] = {
                "description": _TITLES[status],
                "content": {"application/problem+json": {"schema": "Problem"}},
            }
    return responses


def _failures(rule: Rule, policy: Policy, contract: Contract) -> set[int]:
    found = {*contract.fails, 503}
    if policy.knows_callers:
        # Of a public route too: a token that is none is refused.
        found.add(401)
    if not contract.extra.get("any_query"):
        found.add(422)
    if not policy.is_public:
        found.add(403)
    if contract.body is not None:
        found |= {400, 411, 413, 415, 422}
    elif rule.methods and rule.methods & {"POST", "PUT"} and "form" not in contract.extra:
        found |= {400, 413, 415, 422}
    if contract.idempotent:
        # Not found: what was answered to a right that the caller has lost since.
        found |= {400, 404, 409, 422}
    if contract.if_match:
        found.add(412)
    if rule.arguments:
        found.add(404)
    return found


def _types(_self: Any, field: Any, **_: Any) -> dict[str, Any]:
    if isinstance(field, Money):
        return {"type": ["number", "null"] if field.allow_none else "number", "minimum": 0}
    if isinstance(field, Timestamp):
        kind: Any = ["string", "null"] if field.allow_none else "string"
        return {"type": kind, "format": "date-time"}
    if isinstance(field, Choices):
        return {"type": "array", "items": {"type": "string", "enum": list(field.words)}}
    if isinstance(field, Ids):
        return {"type": "array", "maxItems": field.most}
    return {}


class _Names:
    """Names of shapes; where two files use the same, the later one carries its file's name."""

    def __init__(self) -> None:
        self.owners: dict[str, type] = {}

    def __call__(self, schema: Any) -> str:
        kind = schema if isinstance(schema, type) else type(schema)
        if self.owners.setdefault(kind.__name__, kind) is kind:
            return kind.__name__
        return kind.__module__.rpartition(".")[2].title().replace("_", "") + kind.__name__


def _path(rule: Rule) -> str:
    out = rule.rule
    for name in rule.arguments:
        for kind in ("int:", "path:", ""):
            out = out.replace(f"<{kind}{name}>", f"{{{name}}}")
    return out


_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "instance", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": ["string", "null"]},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "field": {"type": "string"},
        "url": {"type": "string"},
        "allowed": {"type": "array", "items": {"type": "string"}},
    },
    "example": {
        "type": "/docs#not_found", "title": "Not found", "status": 404,
        "detail": "There is nothing here.", "code": "not_found",
        "instance": "/api/v1/jobs/1", "request_id": "f3b1c2",
    },
}  # fmt: skip
