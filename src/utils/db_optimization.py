"""Engine options, the slow-query log and the pool's status."""

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, ExceptionContext, event

from src.utils.row_security import without_words
from src.utils.shared_counters import SharedCounters

log = structlog.get_logger("database")

# Beside the requests or tasks of a process, one connection is for its background thread.
CONNECTIONS_BESIDE = 1
TIMEOUTS_MS = {
    "statement_timeout": 3000,
    "lock_timeout": 1000,
    "idle_in_transaction_session_timeout": 10000,
}
_LITERALS = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_LISTS = re.compile(r"\(\s*(?:%\(\w+\)s|\?)(?:\s*,\s*(?:%\(\w+\)s|\?))+\s*\)")


def engine_options(
    *,
    pool_size: int,
    max_overflow: int,
    pool_timeout: float,
    pool_recycle: int,
    echo: bool,
    threads: int = 1,
    behind_pooler: bool = False,
) -> dict[str, Any]:
    """Options of the application's engine; the pool settings are ceilings, not orders: a process
    never holds more connections than it has threads, and one more.

    Deadlines: connect 2 s, statement 3 s, lock 1 s, idle in a transaction 10 s; a dead peer is
    noticed after 5 + 3 x 2 s.
    """
    size, overflow = pool_limits(pool_size, max_overflow, threads)
    # Compiling a search takes longer than running it.
    settings = {**TIMEOUTS_MS, "jit": "off"}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {
        "pool_size": size,
        "max_overflow": overflow,
        "pool_timeout": pool_timeout,
        "pool_recycle": pool_recycle,
        "pool_pre_ping": False,
        "echo": echo,
        # No value of a row in a log, not even with SQL_ECHO.
        "hide_parameters": True,
        "connect_args": {
            "connect_timeout": 2,
            "application_name": "talentsphere",
            **({} if behind_pooler else {"options": options}),
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        },
    }


def pool_limits(pool_size: int, max_overflow: int, threads: int) -> tuple[int, int]:
    """Connections that a process keeps, and those it may open beyond them."""
    ceiling = threads + CONNECTIONS_BESIDE
    size = min(pool_size, ceiling)
    return size, min(max_overflow, ceiling - size)


def fingerprint(statement: str) -> str:
    """The statement without its values, white space folded: what slow statements are grouped by."""
    text = _LISTS.sub("(…)", _LITERALS.sub("?", without_words(statement)))
    return " ".join(text.split())[:400]


def watch(
    engine: Engine,
    slow_seconds: float,
    counters: SharedCounters,
    on_statement: Callable[[float], None],
) -> None:
    """Time every statement: tell `on_statement` its seconds, log and count the slow ones."""

    @event.listens_for(engine, "before_cursor_execute")
    def started(_c: Any, _cur: Any, _s: str, _p: Any, context: Any, _many: bool) -> None:
        context.started_at = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def ended(_c: Any, _cur: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        tell(statement, context)

    @event.listens_for(engine, "handle_error")
    def failed(failure: ExceptionContext) -> None:
        # A statement that ran into its timeout is the slowest there is.
        if failure.execution_context is not None and failure.statement is not None:
            tell(failure.statement, failure.execution_context)

    def tell(statement: str, context: Any) -> None:
        seconds = time.perf_counter() - getattr(context, "started_at", time.perf_counter())
        on_statement(seconds)
        if seconds >= slow_seconds:
            note_slow(counters, fingerprint(statement), seconds * 1000)

    _watch_pool(engine, counters)


def note_slow(counters: SharedCounters, mark: str, ms: float) -> None:
    log.warning("slow_statement", ms=round(ms), fingerprint=mark)
    counters.add(("slow", mark))
    counters.add(("slow_ms", mark), ms)
    counters.raise_to(("max_ms", mark), ms)


def _watch_pool(engine: Engine, counters: SharedCounters) -> None:
    """Keep what the pool holds where other processes can read it."""

    def note(*_: Any) -> None:
        status = pool_status(engine)
        counters.put(("pool", "in_use"), status["checked_out"])
        counters.put(("pool", "idle"), status["idle"])

    for name in ("checkout", "checkin", "close", "invalidate"):
        event.listen(engine, name, note)


def limit_each_transaction(engine: Engine) -> None:
    """Set the deadlines behind a pooler, which refuses them as start-up options."""
    settings = "; ".join(f"SET LOCAL {name} = {value}" for name, value in TIMEOUTS_MS.items())

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(settings)


def pool_status(engine: Engine) -> dict[str, int]:
    """Connections of this process's pool: how many it may hold and does."""
    # A test puts a connection in the engine's place.
    pool: Any = engine.engine.pool
    return {
        "limit": pool.size() + pool._max_overflow,
        "checked_out": pool.checkedout(),
        "idle": pool.checkedin(),
    }
