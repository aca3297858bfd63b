"""The OpenAPI 3.1 document, read off the routes' decorators."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from werkzeug.routing import Rule

from src.auth import Policy
from src.routes.contract import Contract, contract_of
from src.routes.examples import example_of
from src.routes.openapi_answers import HEADERS, PROBLEM, responses
from src.schemas.base import Choices, Ids, Money, Timestamp
from src.schemas.job import JobIn
from src.schemas.job_bulk import JobRow
from src.version import VERSION


def document(app: Flask) -> dict[str, Any]:
    """The whole document, made once an application."""
    made: dict[str, Any] | None = app.extensions.get("openapi")
    if made is None:
        made = app.extensions["openapi"] = _build(app)
    return made


def _build(app: Flask) -> dict[str, Any]:
    plugin = _Plugin(schema_name_resolver=_Names())
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
    spec.components.schema("Problem", PROBLEM)
    for name, header in HEADERS.items():
        spec.components.header(name, header)
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
        "responses": responses(rule, policy, contract),
    }
    if contract.body is not None:
        content = {"schema": contract.body, "example": example_of(contract.body())}
        operation["requestBody"] = {
            "required": True, "content": {"application/json": content}
        }  # fmt: skip
    elif "form" in contract.extra:
        operation["requestBody"] = {"content": {_FORM: {"schema": _form_schema(contract)}}}
    return operation | _access(policy)


def _access(policy: Policy) -> dict[str, Any]:
    """Who may call: of a public one anybody, but a token that is sent is looked up."""
    if policy.is_public:
        return {"security": [{}, {"bearer": []}]} if policy.knows_callers else {}
    roles = ", ".join(policy.access).replace("signed_in", "anybody signed in")
    key = f"; an API key needs `{policy.scope}`" if policy.scope else "; no API key"
    return {"security": [{"bearer": []}], "description": f"For: {roles}{key}."}


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


class _Converter(OpenAPIConverter):
    """Fills in nothing where a shape is a change: what is left out of one stays as it is."""

    def field2default(self, field: Any, **options: Any) -> dict[str, Any]:
        partial = getattr(field.parent, "partial", None)
        if partial is True or (partial and field.name in partial):
            return {}
        return super().field2default(field, **options)


class _Plugin(MarshmallowPlugin):
    Converter = _Converter


def _types(self: OpenAPIConverter, field: Any, **_: Any) -> dict[str, Any]:
    if isinstance(field, Money):
        return {"type": ["number", "null"] if field.allow_none else "number", "minimum": 0}
    if isinstance(field, Timestamp):
        kind: Any = ["string", "null"] if field.allow_none else "string"
        return {"type": kind, "format": "date-time"}
    if isinstance(field, Choices):
        return {"type": "array", "items": {"type": "string", "enum": list(field.words)}}
    if isinstance(field, Ids):
        return {"type": "array", "maxItems": field.most}
    if isinstance(field, JobRow):
        return dict(self.resolve_nested_schema(JobIn))  # type: ignore[no-untyped-call]
    return {}


class _Names:
    """Names of shapes; where two files use the same, the later one carries its file's name."""

    def __init__(self) -> None:
        self.owners: dict[str, type] = {}

    def __call__(self, schema: Any) -> str:
        kind = schema if isinstance(schema, type) else type(schema)
        if getattr(schema, "partial", None) is True and not kind.__name__.endswith("Patch"):
            return f"{kind.__name__.removesuffix('In')}Patch"
        if self.owners.setdefault(kind.__name__, kind) is kind:
            return kind.__name__
        return kind.__module__.rpartition(".")[2].title().replace("_", "") + kind.__name__


def _path(rule: Rule) -> str:
    out = rule.rule
    for name in rule.arguments:
        for kind in ("int:", "path:", ""):
            out = out.replace(f"<{kind}{name}>", f"{{{name}}}")
    return out
