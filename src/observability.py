"""What is known of a request while it runs: its id, its timings, its statements."""

import os
import re
import time
from dataclasses import dataclass, field

import structlog
from flask import g, has_request_context

from src.utils import metrics
from src.utils.shared_counters import SharedCounters

log = structlog.get_logger("requests")
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass
class Trace:
    """The figures of one request. Times are seconds."""

    request_id: str
    started: float = field(default_factory=time.perf_counter)
    statements: int = 0
    database_seconds: float = 0.0
    # What the cache did for it, if it was asked: hit, miss, bypass or stale-if-error.
    cache: str | None = None
    cache_seconds: float = 0.0

    def header(self) -> str:
        """The Server-Timing header; durations in milliseconds."""
        app_ms = (time.perf_counter() - self.started) * 1000
        noun = "statement" if self.statements == 1 else "statements"
        said = (
            f"app;dur={app_ms:.1f},"
            f' db;dur={self.database_seconds * 1000:.1f};desc="{self.statements} {noun}"'
        )
        if self.cache is None:
            return said
        return f'{said}, cache;dur={self.cache_seconds * 1000:.1f};desc="{self.cache}"'


def new_trace(given_id: str | None) -> Trace:
    """A request's trace; the caller's id is kept when it is harmless."""
    if given_id is not None and _GIVEN_ID.fullmatch(given_id):
        return Trace(given_id)
    return Trace(os.urandom(16).hex())


def begin(given_id: str | None, method: str, route: str) -> Trace:
    """Start the trace of the running request.

    What is logged from here on names it, its method and its route's rule.
    """
    g.trace = new_trace(given_id)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(
        request_id=g.trace.request_id, method=method, route=route
    )
    return g.trace  # type: ignore[no-any-return]


def end(_error: BaseException | None = None) -> None:
    """Forget the request: what the process logs from here on does not belong to it."""
    structlog.contextvars.clear_contextvars()


def current() -> Trace | None:
    """The trace of the running request, if there is one."""
    return g.get("trace") if has_request_context() else None


def count_statement(seconds: float) -> None:
    """Called by the engine for each statement."""
    trace = current()
    if trace is not None:
        trace.statements += 1
        trace.database_seconds += seconds


def note_cache(did: str, seconds: float = 0.0) -> None:
    """Say what the cache did for the running request, and how long it took."""
    trace = current()
    if trace is not None:
        trace.cache = did
        trace.cache_seconds += seconds


def finish(
    trace: Trace, counters: SharedCounters, method: str, route: str, status: int
) -> tuple[tuple[str, str], ...]:
    """Count the request, and log what changed something or failed; reads are only counted.

    The headers that say of an answer whose it is and what it took.
    """
    seconds = time.perf_counter() - trace.started
    labels = (method if method in _METHODS else "OTHER", route)
    metrics.record(
        counters,
        labels,
        status=status,
        seconds=seconds,
        statements=trace.statements,
        db=trace.database_seconds,
    )
    quiet = method in ("GET", "HEAD", "OPTIONS") and status < 400
    (log.debug if quiet else log.info)(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        statements=trace.statements,
    )
    said = (("X-Request-ID", trace.request_id), ("Server-Timing", trace.header()))
    return said if trace.cache is None else (*said, ("X-Cache", trace.cache))
