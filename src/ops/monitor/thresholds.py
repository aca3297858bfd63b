"""The thresholds of the monitor, in one table; `--threshold NAME=WARN[:BAD]` changes them."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Threshold:
    """From where on a figure is a warning, and from where on bad; below it, where `falls`."""

    warn: float
    bad: float
    unit: str
    advice: str
    falls: bool = False

    def level(self, figure: float) -> str:
        """ok, warn or bad."""
        sign = -1 if self.falls else 1
        if sign * figure >= sign * self.bad:
            return "bad"
        return "warn" if sign * figure >= sign * self.warn else "ok"


@dataclass(frozen=True, slots=True)
class Least:
    """Less than this is too little to judge by."""

    figure: float
    says: str


THRESHOLDS: dict[str, dict[str, Threshold]] = {
    "host": {
        "cpu_percent": Threshold(85, 97, "%", "add cores or move the database away"),
        "load_per_core": Threshold(2, 5, "", "see which process runs: the table of processes"),
        "memory_percent": Threshold(85, 95, "%", "fewer workers, or more memory"),
        "disk_percent": Threshold(80, 92, "%", "free or enlarge the disk of the data folder"),
        "processes_missing": Threshold(1, 1, "", "see its log; the supervisor starts it again"),
        "processes_stopped": Threshold(1, 1, "", "kill -CONT them; find out who stopped them"),
        "nobody_answers": Threshold(1, 1, "", "see Gunicorn's log; restart it if it hangs"),
        "nobody_serves": Threshold(1, 1, "", "start Gunicorn: only the background worker runs"),
        "processes_counting": Threshold(0, 0, "", "start the service: it does not run", falls=True),
    },
    "database": {
        "unreachable": Threshold(1, 1, "", "start PostgreSQL, or mend DATABASE_URL"),
        "pools_full_percent": Threshold(1, 50, "%", "find what holds them: locks, slow statements"),
        "pool_limit_percent": Threshold(
            80, 100, "%", "fewer workers, raise max_connections, or put PgBouncer between"
        ),
        "connections_percent": Threshold(75, 90, "%", "find who holds them; raise max_connections"),
        "slow_statements": Threshold(1, 10, "", "EXPLAIN them; ./optimize_database.py"),
        "lock_wait_seconds": Threshold(1, 5, "s", "end the blocker: pg_terminate_backend(pid)"),
        "transaction_seconds": Threshold(30, 300, "s", "end it, or split its work"),
        "idle_in_transaction_seconds": Threshold(
            5, 30, "s", "its program forgot to commit: end it"
        ),
        "buffer_hit_percent": Threshold(95, 80, "%", "raise shared_buffers, or add memory", True),
        "tasks_waiting_seconds": Threshold(120, 900, "s", "see the background worker and its log"),
        "tasks_failing": Threshold(5, 100, "", "see task_failed in the log, and MAIL_URL's server"),
        "clock_silent_seconds": Threshold(600, 3600, "s", "start the background worker"),
        "invalid_indexes": Threshold(1, 1, "", "REINDEX INDEX CONCURRENTLY, or drop it"),
        "unused_index_megabytes": Threshold(100, 2000, "MB", "drop them if all replicas agree"),
        "dead_rows_percent": Threshold(20, 50, "%", "VACUUM it; see what holds back autovacuum"),
    },
    "cache": {
        "unreachable": Threshold(1, 1, "", "start the cache server: all reads go to the database"),
        "hit_percent": Threshold(50, 20, "%", "raise the memory, or write less often", True),
        "error_percent": Threshold(0.1, 5, "%", "see the workers' log for cache_*"),
        "breakers_open_percent": Threshold(1, 50, "%", "the server is slow or gone: look at it"),
        "outbox_age_seconds": Threshold(5, 60, "s", "the background worker does not drain it"),
        "outbox_rows": Threshold(1000, 50000, "", "the background worker does not drain it"),
        "evictions_per_second": Threshold(10, 1000, "/s", "raise maxmemory"),
        "memory_percent": Threshold(90, 99, "%", "set allkeys-lru, or raise maxmemory"),
    },
    "api": {
        "errors_5xx_percent": Threshold(
            0.1, 1, "%", "see the log: unexpected_error, database_error"
        ),
        "shed_percent": Threshold(0.01, 5, "%", "more is asked than can be: add workers or cores"),
        "p95_ms": Threshold(500, 2000, "ms", "see the slowest routes, then slow statements"),
        "p99_ms": Threshold(1000, 4000, "ms", "see the slowest routes, then slow statements"),
        "statements_per_request": Threshold(15, 50, "", "a loop that queries: load it at once"),
    },
}
LEAST: dict[str, Least] = {
    "least_requests": Least(50, "answers, for percentiles and error rates"),
    "least_lookups": Least(200, "lookups in the cache, for its hit and error rates"),
    "least_blocks": Least(10_000, "blocks asked for, for the buffers' hit rate"),
    "least_dead_rows": Least(50_000, "dead rows, for a table's share of them"),
    "slow_window_seconds": Least(900, "how old a slow statement may be, where there is one look"),
}


@dataclass(frozen=True)
class Thresholds:
    """The table with what was changed; `of` takes `section.name`."""

    changed: dict[str, Threshold]
    least: dict[str, float]

    def of(self, section: str, name: str) -> Threshold:
        return self.changed.get(f"{section}.{name}") or THRESHOLDS[section][name]


def read(settings: list[str]) -> Thresholds:
    """The table with `NAME=WARN[:BAD]` applied; a name may carry its section: `cache.hit_percent`.

    A bound that is not named is kept, unless the other one passes it.
    Raises ValueError, naming what cannot be read, and bounds of which bad comes before warn.
    """
    changed: dict[str, Threshold] = {}
    least = {name: one.figure for name, one in LEAST.items()}
    for setting in settings:
        name, _, value = setting.partition("=")
        bounds = _bounds(setting, value)
        if name in LEAST:
            if len(bounds) > 1:
                raise ValueError(f"{setting!r} is not {name}=NUMBER: it has one bound")
            least[name] = bounds[0]
            continue
        for section in _sections(name):
            short = name.rpartition(".")[2]
            moved = _moved(THRESHOLDS[section][short], *bounds)
            _require_order(setting, moved)
            changed[f"{section}.{short}"] = moved
    return Thresholds(changed, least)


def _bounds(setting: str, value: str) -> list[float]:
    try:
        bounds = [float(part) for part in value.split(":")]
        if len(bounds) > 2 or not all(abs(bound) < 1e15 for bound in bounds):
            raise ValueError
    except ValueError:
        raise ValueError(f"{setting!r} is not NAME=WARN or NAME=WARN:BAD") from None
    return bounds


def _require_order(setting: str, moved: Threshold) -> None:
    """Of bounds the wrong way round, there would never be a warning."""
    if moved.warn != moved.bad and (moved.warn < moved.bad) == moved.falls:
        order = (
            "it falls: WARN must not be below BAD" if moved.falls else "WARN must not be above BAD"
        )
        raise ValueError(f"{setting!r}: {order}")


def _sections(name: str) -> list[str]:
    section, _, short = name.rpartition(".")
    found = [key for key, table in THRESHOLDS.items() if short in table and section in ("", key)]
    if not found:
        raise ValueError(f"{name!r} is not a threshold: see --thresholds")
    return found


def _moved(threshold: Threshold, warn: float, bad: float | None = None) -> Threshold:
    if bad is None:
        bad = min(warn, threshold.bad) if threshold.falls else max(warn, threshold.bad)
    return replace(threshold, warn=warn, bad=bad)
