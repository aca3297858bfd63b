"""The one table from failures to statuses, and the one error body (RFC 9457)."""

from typing import Any, NamedTuple

import orjson
import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from src import errors, observability
from src.database import db, explain
from src.utils.db_failures import is_outage, sqlstate

log = structlog.get_logger("requests")

STATUSES: dict[type[errors.DomainError], tuple[int, str, str]] = {
    errors.Malformed: (400, "malformed", "Bad request"),
    errors.Unauthenticated: (401, "unauthenticated", "Unauthorized"),
    errors.Forbidden: (403, "forbidden", "Forbidden"),
    errors.NotFound: (404, "not_found", "Not found"),
    errors.Conflict: (409, "conflict", "Conflict"),
    errors.Gone: (410, "gone", "Gone"),
    errors.LengthRequired: (411, "length_required", "Length required"),
    errors.PreconditionFailed: (412, "precondition_failed", "Precondition failed"),
    errors.TooLarge: (413, "too_large", "Content too large"),
    errors.UnsupportedMedia: (415, "unsupported_media_type", "Unsupported media type"),
    errors.Invalid: (422, "invalid", "Unprocessable content"),
    errors.TooMany: (429, "too_many_requests", "Too many requests"),
    errors.Unavailable: (503, "unavailable", "Service unavailable"),
}


class Code(NamedTuple):
    """A kind of failure as callers are told of it."""

    status: int
    code: str
    title: str
    words: str


# What is refused before a route is asked: by the framework, the server, or a mistake of our own.
_BEFORE_ROUTES = (
    Code(405, "method_not_allowed", "Method not allowed", "Allow names the verbs of this path."),
    Code(414, "uri_too_long", "URI too long", "The request line is too long."),
    Code(416, "range_not_satisfiable", "Range not satisfiable", "It has no such bytes."),
    Code(417, "expectation_failed", "Expectation failed", "Only 100-continue is expected here."),
    Code(
        431, "request_header_fields_too_large", "Request header fields too large",
        "The headers are too long, or too many.",
    ),
    Code(500, "internal_error", "Internal server error", "Something went wrong here."),
    Code(501, "not_implemented", "Not implemented", "The server knows no such transfer coding."),
)  # fmt: skip
_BY_ROUTES = (Code(*named, kind.default) for kind, named in STATUSES.items())
# Every failure that can be answered, by status.
CODES = tuple(sorted((*_BY_ROUTES, *_BEFORE_ROUTES)))
_BY_STATUS = {each.status: each for each in CODES}
# SQLSTATE classes and codes that say that the input was wrong though it passed the schema.
_BAD_INPUT = ("22", "23514", "23503", "23502", "54000")


def problem(status: int, code: str, title: str, detail: str, **extra: Any) -> Response:
    """An application/problem+json answer."""
    trace = observability.current()
    request_id = trace.request_id if trace else None
    content = members(status, (code, title), detail, request.path, request_id) | extra
    return Response(orjson.dumps(content), status, mimetype="application/problem+json")


def members(
    status: int, name: tuple[str, str], detail: str, instance: str, request_id: str | None
) -> dict[str, Any]:
    """What every problem says; its name is a code and a title."""
    code, title = name
    return {
        "type": f"/docs#{code}", "title": title, "status": status, "detail": detail, "code": code,
        "instance": instance, "request_id": request_id,
    }  # fmt: skip


def named(status: int, phrase: str) -> tuple[str, str]:
    """Code and title of a status, which elsewhere is called by this phrase."""
    known = _BY_STATUS.get(status)
    return (known.code, known.title) if known else (phrase.lower().replace(" ", "_"), phrase)


def from_domain(error: errors.DomainError) -> Response:
    """The answer to a failure in the domain's words."""
    status, code, title = STATUSES[type(error)]
    response = problem(status, code, title, error.detail, **error.extra)
    wait = getattr(error, "retry_after_seconds", None)
    if wait:
        response.headers["Retry-After"] = str(wait)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="talentsphere"'
    return response


def from_http(error: HTTPException) -> Response:
    """The answer to what the framework itself refuses."""
    status = error.code or 500
    if status == 404:
        return from_domain(errors.NotFound())
    code, title = named(status, error.name)
    response = problem(status, code, title, error.description or title)
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def from_database(error: DBAPIError) -> Response:
    """The answer to a failure of the database: its driver's words stay in the log."""
    if isinstance(error, IntegrityError):
        return from_domain(explain(error))
    code = sqlstate(error)
    log.warning("database_error", sqlstate=code, error=type(error.orig).__name__)
    if code.startswith(_BAD_INPUT):
        return from_domain(errors.Invalid({"body": ["A value cannot be stored."]}))
    if is_outage(error):
        return from_domain(errors.Unavailable())
    return unexpected(error)


def unexpected(error: Exception) -> Response:
    """500: the traceback goes to the log, nothing of it to the caller."""
    log.error("unexpected_error", exc_info=error)
    return problem(*_BY_STATUS[500])


def register(app: Flask) -> None:
    """Answer every failure in one shape; a failed request leaves no open transaction."""

    def handler(answer: Any) -> Any:
        def handle(error: Any) -> Response:
            db.session.rollback()
            return answer(error)  # type: ignore[no-any-return]

        return handle

    app.register_error_handler(errors.DomainError, from_domain)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(DBAPIError, handler(from_database))
    app.register_error_handler(
        PoolTimeout, handler(lambda _: from_domain(errors.Unavailable("The database is busy.")))
    )
    app.register_error_handler(
        UnicodeError, lambda _: from_domain(errors.Malformed("Text that is not Unicode."))
    )
    app.register_error_handler(Exception, handler(unexpected))
