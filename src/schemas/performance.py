"""The shape of the performance report."""

from marshmallow import fields

from src.schemas.base import Shape, Timestamp


class PoolOut(Shape):
    per_worker = fields.Integer(
        required=True, metadata={"description": "Connections a worker may hold."}
    )
    in_use = fields.Integer(required=True, metadata={"description": "Over all workers, now."})
    idle = fields.Integer(required=True, metadata={"description": "Over all workers, now."})
    connections = fields.Integer(
        required=True, metadata={"description": "Anybody's, in this database."}
    )
    max_connections = fields.Integer(required=True)


class SlowQueryOut(Shape):
    fingerprint = fields.String(required=True, metadata={"example": "SELECT id FROM t WHERE a = ?"})
    count = fields.Integer(required=True)
    total_ms = fields.Float(required=True)
    max_ms = fields.Float(required=True)


class IndexOut(Shape):
    table_name = fields.String(required=True)
    name = fields.String(required=True)
    scans = fields.Integer(required=True)
    size_bytes = fields.Integer(required=True)
    last_used_at = Timestamp(required=True, allow_none=True)
    is_unique = fields.Boolean(required=True)
    is_valid = fields.Boolean(required=True)


class StatementOut(Shape):
    fingerprint = fields.String(required=True, metadata={"example": "SELECT id FROM t WHERE a = ?"})
    calls = fields.Integer(required=True)
    total_ms = fields.Float(required=True)
    mean_ms = fields.Float(required=True)
    rows = fields.Integer(required=True)


class PerformanceOut(Shape):
    pool = fields.Nested(PoolOut, required=True)
    slow_queries = fields.List(fields.Nested(SlowQueryOut), required=True)
    indexes = fields.List(fields.Nested(IndexOut), required=True)
    statements = fields.List(
        fields.Nested(StatementOut),
        required=True,
        allow_none=True,
        metadata={"description": "Null where the server has no pg_stat_statements."},
    )
