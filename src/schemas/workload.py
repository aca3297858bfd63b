"""What routes and the cache did: counts over all workers, since counting began."""

from typing import Any

from marshmallow import fields

from src.schemas.base import Shape
from src.schemas.cache import CacheCounts


def given(kind: Any, says: str = "", **options: Any) -> Any:
    """A field that is always there; `says` describes it."""
    return kind(required=True, metadata={"description": says} if says else {}, **options)


def maybe(kind: Any, says: str = "", **options: Any) -> Any:
    """A field that is always there and may be null."""
    return given(kind, says, allow_none=True, **options)


class AnswersOut(Shape):
    count = given(fields.Integer, "Requests answered.")
    errors_4xx = given(fields.Integer)
    errors_5xx = given(fields.Integer)
    p50_ms = maybe(fields.Float, "Interpolated within the buckets of the histogram.")
    p95_ms = maybe(fields.Float)
    p99_ms = maybe(fields.Float)
    mean_ms = maybe(fields.Float)
    statements_per_request = maybe(fields.Float, "Database statements.")
    database_ms_per_request = maybe(fields.Float)


class RouteOut(AnswersOut):
    method = given(fields.String)
    route = fields.String(required=True, metadata={"example": "/api/v1/jobs/<int:job_id>"})


class ApiOut(Shape):
    shed = given(fields.Integer, "Requests refused at once, since more was asked than could be.")
    total = fields.Nested(AnswersOut, required=True)
    routes = fields.List(fields.Nested(RouteOut), required=True)


class NamedCacheCounts(CacheCounts):
    name = fields.String(required=True, metadata={"example": "job_search"})


class BreakerOut(Shape):
    pid = given(fields.Integer)
    is_open = given(fields.Boolean, "The process passes the cache over just now.")


class OutboxOut(Shape):
    rows = given(fields.Integer, "Invalidations not delivered yet, counted up to 100,000.")
    age_seconds = given(fields.Float, "Of the oldest.")


class CacheServerOut(Shape):
    version = given(fields.String)
    uptime_seconds = maybe(fields.Integer)
    used_memory_bytes = maybe(fields.Integer)
    max_memory_bytes = maybe(fields.Integer, "0: no limit.")
    eviction_policy = maybe(fields.String)
    connected_clients = maybe(fields.Integer)
    evicted_keys = maybe(fields.Integer)
    expired_keys = maybe(fields.Integer)
    commands = maybe(fields.Integer)
    found_keys = maybe(fields.Integer)
    missing_keys = maybe(fields.Integer)


class CacheOut(CacheCounts):
    state = fields.String(required=True, metadata={"enum": ["up", "down", "off"]})
    error = maybe(fields.String, "How the server failed to answer.")
    by_name = fields.List(fields.Nested(NamedCacheCounts), required=True)
    breakers = fields.List(fields.Nested(BreakerOut), required=True)
    breakers_open = given(fields.Integer)
    outbox = fields.Nested(OutboxOut, required=True, allow_none=True)
    server = fields.Nested(CacheServerOut, required=True, allow_none=True)
