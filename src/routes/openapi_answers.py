"""What an operation answers, for the OpenAPI document: statuses, headers, bodies, failures."""

from typing import Any

from marshmallow import Schema
from werkzeug.routing import Rule

from src.auth import Policy
from src.routes.contract import Contract
from src.routes.errors import CODES
from src.routes.examples import example_of
from src.routes.finishing import HOW_WE_FARE

_TITLES = {each.status: each.title for each in CODES}
# Nobody may keep these, so that nobody asks for them again by an ETag.
_NEVER_KEPT = HOW_WE_FARE | {"/api/v1/auth/me/export", "/api/v1/unsubscribe/<token>"}
_FILES = frozenset({"/api/v1/auth/me/export"})


def _header(said: str, *, always: bool = False, kind: str = "string") -> dict[str, Any]:
    return {"description": said, "required": always, "schema": {"type": kind}}


_LATER = "Seconds to wait before asking again."
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": _header("The caller's own, where it sent one; the log has it.", always=True),
    "Server-Timing": _header("Milliseconds in all, in the database and the cache.", always=True),
    "X-Cache": _header("hit, miss, stale-if-error, or bypass."),
    "ETag": _header(
        "Version and content; for If-None-Match, and If-Match of a change.", always=True
    ),
    "Link": _header("The first, previous, next and last page (RFC 8288).", always=True),
    "Location": _header("Where it is read.", always=True),
    "Content-Disposition": _header("The name of the file.", always=True),
    "Idempotency-Replayed": _header("`true` where the first answer to this key is given again."),
    "WWW-Authenticate": _header("Bearer.", always=True),
    "Retry-After": _header(_LATER, always=True, kind="integer"),
    "Retry-After-While-Running": _header(
        f"{_LATER} Only while a request with the same Idempotency-Key runs.", kind="integer"
    ),
}


def responses(rule: Rule, policy: Policy, contract: Contract) -> dict[str, Any]:
    """The answers of an operation by status."""
    is_read = "GET" in (rule.methods or ())
    good: dict[str, Any] = {"description": _words(contract, is_read=is_read)}
    content = _content(contract)
    if content:
        good["content"] = content
    found = {str(contract.status): good}
    if contract.extra.get("also"):
        found[str(contract.extra["also"])] = good | {"description": "It cannot."}
    if is_read and _is_tagged(rule, contract):
        found["304"] = {"description": "Unchanged since the ETag named."}
    for status in sorted(_failures(rule, policy, contract)):
        if str(status) not in found:
            found[str(status)] = {
                "description": _TITLES[status],
                "content": {"application/problem+json": {"schema": "Problem"}},
            }
    return {
        status: answer | {"headers": _headers(rule, contract, status)}
        for status, answer in found.items()
    }


def _words(contract: Contract, *, is_read: bool) -> str:
    if contract.status in _DONE:
        return _DONE[contract.status]
    if not is_read:
        return "Done; this came of it."
    if contract.answer is None:
        return "The text."
    return "A page of the list." if _is_page(contract.answer) else "As it stands."


_DONE = {
    201: "Created; this is it.",
    202: "Accepted; it is done later.",
    204: "Done; there is nothing to tell.",
}


def _content(contract: Contract) -> dict[str, Any]:
    media = contract.extra.get("media", "application/json")
    if contract.answer is not None:
        schema: Any = contract.answer
        example: Any = example_of(contract.answer())
        if contract.extra.get("many"):
            schema, example = {"type": "array", "items": schema}, [example]
        return {media: {"schema": schema, "example": example}}
    if "media" in contract.extra:
        return {media: {"schema": {"type": "string"}}}
    return {} if contract.status == 204 else {media: {"schema": {"type": "object"}}}


def _headers(rule: Rule, contract: Contract, status: str) -> dict[str, str]:
    """The headers that come with a status, each named after its component."""
    names = ["X-Request-ID", "Server-Timing"]
    if contract.cached:
        names.append("X-Cache")
    if status in _OF_FAILURES:
        names.append(_OF_FAILURES[status])
    if status == "409" and contract.idempotent:
        names.append("Retry-After-While-Running")
    if status in (str(contract.status), "304"):
        names += _of_success(rule, contract)
    return {name.removesuffix("-While-Running"): name for name in names}


_OF_FAILURES = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}


def _of_success(rule: Rule, contract: Contract) -> list[str]:
    shape = contract.answer
    found = {
        "ETag": _is_tagged(rule, contract),
        "Link": shape is not None and _is_page(shape),
        "Location": contract.status == 201 and _has_version(shape),
        "Content-Disposition": rule.rule in _FILES,
        "Idempotency-Replayed": contract.idempotent,
    }
    return [name for name, is_sent in found.items() if is_sent]


def _is_tagged(rule: Rule, contract: Contract) -> bool:
    """What is read, unless nobody may keep it, and what a change leaves behind with a version."""
    if "GET" in (rule.methods or ()):
        return contract.status == 200 and rule.rule not in _NEVER_KEPT
    return _has_version(contract.answer)


def _has_version(shape: type[Schema] | None) -> bool:
    return shape is not None and "version" in shape._declared_fields


def _is_page(shape: type[Schema]) -> bool:
    return "next_cursor" in shape._declared_fields


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


PROBLEM: dict[str, Any] = {
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
