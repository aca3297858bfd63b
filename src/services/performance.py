"""The performance report: the workers' pools and slow statements, the server's own figures."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from src.database import db
from src.queries import performance as performance_queries
from src.utils import metrics
from src.utils.shared_counters import SharedCounters

_MOST_SLOW = 50


def report(counters: SharedCounters, own_pool: dict[str, int]) -> dict[str, Any]:
    """Everything an operator asks of the database, in four statements at most."""
    server = db.session.execute(performance_queries.SERVER).one()
    sums = metrics.sums(counters)
    return {
        "pool": {
            "per_worker": own_pool["limit"],
            "in_use": int(sums["pool"][("in_use",)]),
            "idle": int(sums["pool"][("idle",)]),
            "connections": server.connections,
            "max_connections": server.max_connections,
        },
        "slow_queries": _slow(sums),
        "indexes": _indexes(server.version),
        "statements": _statements() if server.has_statements else None,
    }


def _slow(sums: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [
        {
            "fingerprint": key[0],
            "count": int(count),
            "total_ms": round(sums["slow_ms"][key], 1),
            "max_ms": round(sums["max_ms"][key], 1),
        }
        for key, count in sums["slow"].items()
    ]
    return sorted(rows, key=lambda row: -row["total_ms"])[:_MOST_SLOW]


def _indexes(server_version: int) -> list[dict[str, Any]]:
    before = server_version < 160000
    query = performance_queries.INDEXES_BEFORE_16 if before else performance_queries.INDEXES
    return [dict(row) for row in db.session.execute(query).mappings()]


def _statements() -> list[dict[str, Any]] | None:
    """The costliest statements; None where the server does not collect them."""
    db.session.execute(text("SAVEPOINT statements"))
    try:
        rows = db.session.execute(performance_queries.STATEMENTS).mappings().all()
    except DBAPIError:
        # The extension is there, but its library was not loaded at start.
        db.session.execute(text("ROLLBACK TO SAVEPOINT statements"))
        return None
    return [dict(row) for row in rows]
