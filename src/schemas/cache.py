"""What operators ask of the cache, and what it did."""

from marshmallow import fields

from src.schemas.base import Many, Shape
from src.schemas.texts import Line


class CacheCounts(Shape):
    hit_rate = fields.Float(
        required=True, allow_none=True, metadata={"description": "Hits of hits and misses."}
    )
    hits = fields.Integer(required=True)
    misses = fields.Integer(required=True)
    stale = fields.Integer(
        required=True, metadata={"description": "Old answers, given while the database was gone."}
    )
    bypassed = fields.Integer(
        required=True, metadata={"description": "Read from the database, the cache being in doubt."}
    )
    errors = fields.Integer(required=True)


_COUNTS = {"hit_rate": 0.9, "hits": 90, "misses": 10, "stale": 0, "bypassed": 0, "errors": 0}


class CacheMetricsOut(Shape):
    """Since the counters' files were made, over all workers."""

    hit_rate = fields.Float(required=True, allow_none=True)
    total_hits = fields.Integer(required=True)
    total_misses = fields.Integer(required=True)
    total_stale = fields.Integer(required=True)
    total_bypassed = fields.Integer(required=True)
    total_errors = fields.Integer(required=True)
    by_name = fields.Dict(
        keys=fields.String(), values=fields.Nested(CacheCounts), required=True,
        metadata={"example": {"job_search": _COUNTS}},
    )  # fmt: skip


class InvalidateIn(Shape):
    """Names of cached reads, `job:17`, `company:9` or `company:its-slug`, and globs of names."""

    patterns = Many(
        Line(most=200, least=1), most=100, least=1, required=True,
        metadata={"example": ["jobs_featured", "job:17", "company_*"]},
    )  # fmt: skip


class InvalidatedOut(Shape):
    patterns = fields.List(fields.String(metadata={"example": "jobs_featured"}), required=True)


class WarmOut(Shape):
    warmed = fields.Integer(required=True, metadata={"description": "Answers computed and kept."})
    warm = fields.Integer(required=True, metadata={"description": "Answers that were there."})
    failed = fields.Integer(required=True)
    seconds = fields.Float(required=True)
