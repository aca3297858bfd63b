"""Engine options, the slow-query log and the pool's status."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Engine, event

log = structlog.get_logger("database")

# A sync worker serves one request at a time; one more connection is for the view counter.
POOL_CEILING = 2
_LITERALS = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_LISTS = re.compile(r"\(\s*(?:%\(\w+\)s|\?)(?:\s*,\s*(?:%\(\w+\)s|\?))+\s*\)")


def engine_options(
    *, pool_size: int, max_overflow: int, pool_timeout: float, pool_recycle: int, echo: bool
) -> dict[str, Any]:
    """Options of the application's engine; the pool settings are ceilings, not orders.

    Deadlines: connect 2 s, statement 3 s, lock 1 s, idle in a transaction 10 s; a dead peer is
    noticed after 5 + 3 x 2 s.
    """
    size = min(pool_size, POOL_CEILING)
    timeouts = {
        "statement_timeout": 3000,
        "lock_timeout": 1000,
        "idle_in_transaction_session_timeout": 10000,
    }
    return {
        "pool_size": size,
        "max_overflow": min(max_overflow, POOL_CEILING - size),
        "pool_timeout": pool_timeout,
        "pool_recycle": pool_recycle,
        "pool_pre_ping": False,
        "echo": echo,
        "connect_args": {
            "connect_timeout": 2,
            "application_name": "talentsphere",
            "options": " ".join(f"-c {name}={value}" for name, value in timeouts.items()),
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        },
    }


def fingerprint(statement: str) -> str:
    """The statement without its values, white space folded: what slow statements are grouped by."""
    text = _LISTS.sub("(…)", _LITERALS.sub("?", statement))
    return " ".join(text.split())[:400]


@dataclass
class SlowQueries:
    """The slow statements of this process, by fingerprint; never their parameters."""

    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, statement: str, seconds: float) -> None:
        key = fingerprint(statement)
        with self.lock:
            if key not in self.seen and len(self.seen) >= 100:
                return
            row = self.seen.setdefault(
                key, {"fingerprint": key, "count": 0, "total_ms": 0.0, "max_ms": 0.0}
            )
            row["count"] += 1
            row["total_ms"] = round(row["total_ms"] + seconds * 1000, 1)
            row["max_ms"] = round(max(row["max_ms"], seconds * 1000), 1)

    def worst(self) -> list[dict[str, Any]]:
        with self.lock:
            return sorted(self.seen.values(), key=lambda row: -row["total_ms"])


slow_queries = SlowQueries()


def watch(engine: Engine, slow_seconds: float, on_statement: Callable[[float], None]) -> None:
    """Time every statement: tell `on_statement` its seconds, and log the slow ones."""

    @event.listens_for(engine, "before_cursor_execute")
    def started(_c: Any, _cur: Any, _s: str, _p: Any, context: Any, _many: bool) -> None:
        context.started_at = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def ended(_c: Any, _cur: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        seconds = time.perf_counter() - context.started_at
        on_statement(seconds)
        if seconds >= slow_seconds:
            slow_queries.add(statement, seconds)
            log.warning(
                "slow_statement", ms=round(seconds * 1000), fingerprint=fingerprint(statement)
            )


def pool_status(engine: Engine) -> dict[str, int]:
    """Connections of this process's pool: how many it may hold, and how many are in use."""
    pool: Any = engine.pool
    return {
        "size": pool.size(),
        "checked_out": pool.checkedout(),
        "overflow": max(0, pool.overflow()),
        "idle": pool.checkedin(),
    }
