"""The shape of the performance report."""

from marshmallow import fields

from src.schemas.base import Shape, Timestamp
from src.schemas.workload import ApiOut, CacheOut, given, maybe

_NOTED = "As VACUUM or ANALYZE found it last."
_MARK = {"example": "SELECT id FROM t WHERE a = ?"}


def _fingerprint() -> fields.String:
    return fields.String(required=True, metadata=_MARK)


class WorkerPoolOut(Shape):
    pid = given(fields.Integer, "Of the process, on its host.")
    in_use = given(fields.Integer)
    idle = given(fields.Integer)
    limit = given(fields.Integer, "Connections it may hold.")


class PoolOut(Shape):
    per_worker = given(fields.Integer, "Connections a worker may hold.")
    in_use = given(fields.Integer, "Over all workers, now.")
    idle = given(fields.Integer, "Over all workers, now.")
    limit = given(fields.Integer, "Over all workers.")
    workers = fields.List(fields.Nested(WorkerPoolOut), required=True)
    connections = given(fields.Integer, "Anybody's, in this database.")
    server_connections = given(fields.Integer, "Anybody's, in all databases of the server.")
    max_connections = given(fields.Integer)
    by_state = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True,
        metadata={
            "example": {"active": 1, "idle": 4},
            "description": "Connections in this database; `hidden` are those of other roles.",
        },
    )  # fmt: skip


class SlowQueryOut(Shape):
    fingerprint = _fingerprint()
    count = given(fields.Integer)
    total_ms = given(fields.Float)
    max_ms = given(fields.Float)
    last_at = maybe(Timestamp)


class BlockerOut(Shape):
    pid = given(fields.Integer)
    state = maybe(fields.String)
    transaction_seconds = maybe(fields.Float)
    fingerprint = _fingerprint()


class LockOut(Shape):
    pid = given(fields.Integer, "Of the session that waits.")
    waited_seconds = given(fields.Float)
    fingerprint = _fingerprint()
    blocked_by = fields.List(fields.Nested(BlockerOut), required=True)


class TransactionOut(Shape):
    pid = given(fields.Integer)
    role = maybe(fields.String)
    application = maybe(fields.String)
    state = maybe(fields.String)
    transaction_seconds = given(fields.Float)
    state_seconds = maybe(fields.Float)
    fingerprint = _fingerprint()


class TableOut(Shape):
    name = given(fields.String)
    live_rows = given(fields.Integer, "Estimated.")
    dead_rows = given(fields.Integer, "Estimated.")
    full_scans = given(fields.Integer)
    index_scans = given(fields.Integer)
    size_bytes = given(fields.Integer, f"With its indexes and long values. {_NOTED}")
    vacuumed_at = maybe(Timestamp)
    analyzed_at = maybe(Timestamp)


class IndexOut(Shape):
    table_name = given(fields.String)
    name = given(fields.String)
    scans = given(fields.Integer)
    size_bytes = given(fields.Integer, _NOTED)
    last_used_at = maybe(Timestamp)
    is_unique = given(fields.Boolean)
    is_valid = given(fields.Boolean)
    is_unused = given(fields.Boolean, "Never scanned, and holds no constraint.")


class StatementOut(Shape):
    fingerprint = _fingerprint()
    calls = given(fields.Integer)
    total_ms = given(fields.Float)
    mean_ms = given(fields.Float)
    rows = given(fields.Integer)


class TasksOut(Shape):
    waiting_seconds = given(fields.Float, "How long the oldest task waits that is due.")
    retried = given(fields.Integer, "Tasks that have failed, and wait for another try.")
    failed = given(fields.Integer, "Tasks that failed for good within the hour.")
    clock_seconds = maybe(fields.Float, "Since the clock put a task in the queue.")


class PerformanceOut(Shape):
    version = given(fields.String, "Of PostgreSQL.")
    started_at = given(Timestamp)
    counted_since = maybe(Timestamp, "When the counts of the database began.")
    size_bytes = given(fields.Integer, _NOTED)
    commits = given(fields.Integer)
    rollbacks = given(fields.Integer)
    blocks_hit = given(fields.Integer, "Found in the buffers.")
    blocks_read = given(fields.Integer, "Read from outside them.")
    deadlocks = given(fields.Integer)
    temp_bytes = given(fields.Integer)
    buffer_hit_rate = maybe(fields.Float, "0 to 1.")
    pool = fields.Nested(PoolOut, required=True)
    slow_queries = fields.List(fields.Nested(SlowQueryOut), required=True)
    tasks = fields.Nested(TasksOut, required=True, allow_none=True)
    locks = fields.List(fields.Nested(LockOut), required=True)
    transactions = fields.List(
        fields.Nested(TransactionOut),
        required=True,
        metadata={"description": "Open for more than a second, the oldest first."},
    )
    tables = fields.List(fields.Nested(TableOut), required=True)
    indexes = fields.List(fields.Nested(IndexOut), required=True)
    statements = fields.List(
        fields.Nested(StatementOut),
        required=True,
        allow_none=True,
        metadata={"description": "Null where the server has no pg_stat_statements."},
    )
    cache = fields.Nested(CacheOut, required=True)
    api = fields.Nested(ApiOut, required=True)
