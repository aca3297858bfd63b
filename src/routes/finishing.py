"""What every answer gets at its end: a 304 where that will do, compression, figures, headers."""

from typing import Any

from flask import Flask, Response, request

from src import observability
from src.routes import compression, ready_answers
from src.routes.responses import tag_with

# What monitors ask: true of this moment alone, and to be told above all when nothing else is.
HOW_WE_FARE = frozenset(
    {"/health", "/health/ready", "/api/v1/health", "/api/v1/health/ready", "/metrics"}
)

_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
)
# What pages of other origins may read, beside what every browser lets them.
EXPOSED = (
    "Allow", "Content-Disposition", "ETag", "Idempotency-Replayed", "Link", "Location",
    "Retry-After", "Server-Timing", "WWW-Authenticate", "X-Cache", "X-Request-ID",
)  # fmt: skip
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def finish(app: Flask, response: Response) -> Response:
    """The answer as it is sent; what it took is counted."""
    is_whole = response.status_code == 200 and not response.direct_passthrough
    response.headers.setdefault("Cache-Control", _kept_by(is_whole=is_whole))
    _shorten(response, is_whole=is_whole)
    route = matched_rule()
    trace = observability.current() or observability.begin(None, request.method, route)
    said = observability.finish(
        trace, app.extensions["counters"], request.method, route, response.status_code
    )
    response.headers.update([*said, *_HEADERS])
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response


def vary_by_origin(response: Response) -> Response:
    """Of every answer, whoever asks: what a cache between keeps of one origin is not for another's
    pages, nor what it keeps of no page for any.
    """
    response.vary.add("Origin")
    return response


def matched_rule() -> str:
    """The rule, not the path: paths hold ids and the secrets of invitations."""
    return request.url_rule.rule if request.url_rule else "unknown"


def _shorten(response: Response, *, is_whole: bool) -> None:
    """304 to whoever names the ETag, as files have done themselves; else fewer bytes."""
    is_read = is_whole and request.method in ("GET", "HEAD")
    if is_read and "ETag" not in response.headers and not response.cache_control.no_store:
        tag_with(response, "0")
    way = compression.mark(response) if compression.is_compressible(response) else None
    if is_read and "ETag" in response.headers:
        response.make_conditional(without_if_match(request.environ))
    if way is not None and response.status_code != 304:
        ready_answers.replace_body(request.environ, compression.compress(response, way))


def without_if_match(environ: dict[str, Any]) -> dict[str, Any]:
    """What is for writes changes no read: it would be refused with the whole of what is read."""
    if "HTTP_IF_MATCH" not in environ:
        return environ
    return {name: value for name, value in environ.items() if name != "HTTP_IF_MATCH"}


def _kept_by(*, is_whole: bool) -> str:
    """Caches between may keep what anybody may read, and ask by its ETag each time."""
    if matched_rule() in HOW_WE_FARE:
        return "no-store"
    whose = "private" if "Authorization" in request.headers else "public"
    return f"{whose}, no-cache" if is_whole else "no-cache"
