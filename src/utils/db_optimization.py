"""Engine options, the slow-query log and the pool's status."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, ExceptionContext, event

from src.config import STATEMENT_SECONDS
from src.utils.row_security import without_words
from src.utils.shared_counters import SharedCounters

log = structlog.get_logger("database")

# Beside the requests or tasks of a process, one connection is for its background thread.
CONNECTIONS_BESIDE = 1
TIMEOUTS_MS = {
    "statement_timeout": STATEMENT_SECONDS * 1000,
    "lock_timeout": 1000,
    "idle_in_transaction_session_timeout": 10000,
}
# Compiling a search takes longer than running it; times are told as the driver reads them.
_SESSION = {**TIMEOUTS_MS, "jit": "off", "timezone": "UTC"}
# What the log's context holds, and whose statement it is then.
_ORIGINS = {"request_id": "request", "task": "task", "duty": "background"}
_POOL_EVENTS = (
    ("connect", "open", 1), ("close", "open", -1),
    ("checkout", "in_use", 1), ("checkin", "in_use", -1),
)  # fmt: skip
# Whichever begins first: a quote in a comment opens no value. A text that was cut in the middle of
# a value ends without its quote.
_TOKENS = re.compile(
    r"""(?=["'$/0-9Ee-]) (?: (?P<name>"[^"]*(?:"|\Z))
    | (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | \bE'(?:[^'\\]|\\.|'')*(?:'|\Z) | '(?:[^']|'')*(?:'|\Z) | \$(\w*)\$.*?(?:\$\3\$|\Z)
    | (?<![\w$])\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_MOST_READ = 4_000
# Different ones that a slot counts, which is handed on for ever: with all else that makes half a
# megabyte. The log still tells each of the others.
MOST_FINGERPRINTS = 200
OTHER_STATEMENTS = "(other statements)"
_LISTS = re.compile(r"\(\s*(?:%\(\w+\)s|\?)(?:\s*,\s*(?:%\(\w+\)s|\?))+\s*(?:\)|,?\s*\Z)")


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
    options = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    return {
        "pool_size": size,
        "max_overflow": overflow,
        "pool_timeout": pool_timeout,
        "pool_recycle": pool_recycle,
        "pool_pre_ping": False,
        # Else each new connection is asked first whether the extension is there.
        "use_native_hstore": False,
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
    """The statement without its values, white space folded: what slow statements are grouped by.

    Comments go too: they may quote values.
    """
    # Lists first, since a long one would be cut, and then not be told from a short one.
    head = _LISTS.sub("(…)", without_words(statement))[:_MOST_READ]
    text = _LISTS.sub("(…)", _TOKENS.sub(_masked, head))
    return " ".join(text.split())[:400]


def _masked(token: re.Match[str]) -> str:
    return token[0] if token["name"] else " " if token["comment"] else "?"


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
        # One that ran into its timeout is the slowest there is; one that was not begun is none.
        if hasattr(failure.execution_context, "started_at") and failure.statement is not None:
            tell(failure.statement, failure.execution_context)

    def tell(statement: str, context: Any) -> None:
        seconds = time.perf_counter() - context.started_at
        on_statement(seconds)
        if seconds >= slow_seconds:
            note_slow(counters, fingerprint(statement), seconds * 1000)

    _watch_pool(engine, counters)


def note_slow(counters: SharedCounters, mark: str, ms: float) -> None:
    """Log and count a slow statement; the log's context names its request or its task.

    Beyond so many different ones, those that are new are counted together.
    """
    log.warning("slow_statement", ms=round(ms), fingerprint=mark, origin=_origin())
    if not counters.takes(("slow", mark), MOST_FINGERPRINTS):
        mark = OTHER_STATEMENTS
    counters.add(("slow", mark))
    counters.raise_to(("slow_at", mark), time.time())
    counters.add(("slow_ms", mark), ms)
    counters.raise_to(("max_ms", mark), ms)


def _origin() -> str:
    """Whose statement runs; which one it is stands in the log's context."""
    bound = structlog.contextvars.get_contextvars()
    return next((origin for name, origin in _ORIGINS.items() if name in bound), "outside")


def _watch_pool(engine: Engine, counters: SharedCounters) -> None:
    """Keep what the pool may hold and does where other processes can read it.

    Counted here, since the pool tells of a connection that comes back before it has it.
    """
    lock, held = threading.Lock(), Counter[str]()

    def counting(what: str, amount: int) -> Callable[..., None]:
        def note(*_: Any) -> None:
            with lock:
                held[what] += amount
                counters.put(("pool", "in_use"), held["in_use"])
                counters.put(("pool", "idle"), held["open"] - held["in_use"])

        return note

    for name, what, amount in _POOL_EVENTS:
        event.listen(engine, name, counting(what, amount))
    counters.keep(("pool", "limit"), pool_status(engine)["limit"])


def limit_each_transaction(engine: Engine) -> None:
    """Set what holds for a session behind a pooler, which refuses it as start-up options."""
    settings = "; ".join(f"SET LOCAL {name} = {value}" for name, value in _SESSION.items())

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
