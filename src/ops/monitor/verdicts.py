"""Holds the monitor's figures to the thresholds: what is well, what is not, and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from src.ops.monitor.thresholds import Thresholds
from src.utils import clock

Row = dict[str, Any]
LEVELS = ("ok", "warn", "bad")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure, its bounds, and what to do where it is past them."""

    section: str
    name: str
    level: str
    figure: float
    unit: str
    warn: float
    bad: float
    falls: bool
    detail: str
    advice: str


Finding = tuple[str, float, str]
"""The name of a threshold, the figure held to it, and what it is about."""


def judge(report: Row, thresholds: Thresholds) -> list[Verdict]:
    """A verdict on each figure that there is; what is too little to judge by has none."""
    found = []
    for section, findings in _SECTIONS.items():
        for name, figure, detail in findings(report, thresholds.least):
            rule = thresholds.of(section, name)
            level = rule.level(figure)
            advice = "" if level == "ok" else rule.advice
            bounds = rule.unit, rule.warn, rule.bad, rule.falls
            found.append(Verdict(section, name, level, round(figure, 2), *bounds, detail, advice))
    return found


def worst(verdicts: list[Verdict]) -> str:
    """The worst level of all."""
    return max((verdict.level for verdict in verdicts), key=LEVELS.index, default="ok")


def _host(report: Row, _least: Row) -> Iterator[Finding]:
    host = report["host"]
    kinds: dict[str, int] = {}
    for process in host["processes"]:
        kinds[process["kind"]] = kinds.get(process["kind"], 0) + 1
    alive = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    yield "processes_counting", host["counting"], alive
    if "background worker" in kinds:
        yield "nobody_serves", int("web worker" not in kinds), alive
    stopped = [f"{row['kind']} {row['pid']}" for row in host["processes"] if row["is_stopped"]]
    yield "processes_stopped", len(stopped), ", ".join(stopped)
    if host["answer"]:
        yield "nobody_answers", *_answer(host["answer"])
    yield "processes_missing", len(host["missing"]), ", ".join(host["missing"])
    # A moment's CPU says nothing of the next one's.
    if report["seconds"] is not None:
        yield "cpu_percent", host["cpu_percent"], f"{host['cores']} cores"
    yield "load_per_core", host["load"][0] / host["cores"], f"load {host['load'][0]}"
    yield "memory_percent", host["memory"]["used_percent"], ""
    yield "disk_percent", host["disk"]["used_percent"], host["disk"]["path"]


def _answer(answer: Row) -> tuple[int, str]:
    says = answer["error"] or f"{1000 * answer['seconds']:.0f} ms"
    return int(answer["error"] is not None), f"{answer['address']}: {says}"


def _database(report: Row, least: Row) -> Iterator[Finding]:
    database = report["database"]
    yield "unreachable", int(not database["is_up"]), database["error"] or ""
    yield from _pools(database["pool"], report["host"]["processes"])
    yield from _slow(report, least["slow_window_seconds"])
    if database["is_up"]:
        yield from _sessions(database)
        yield from _tasks(database["tasks"])
        yield from _stored(database, least)


def _pools(pool: Row, processes: list[Row]) -> Iterator[Finding]:
    # The background worker has a connection for each task: it is full when it is busy.
    busy = {process["pid"] for process in processes if process["kind"] == "background worker"}
    full = [pid for pid in pool["full"] if pid not in busy]
    count = len([worker for worker in pool["workers"] if worker["pid"] not in busy])
    if count:
        names = ", ".join(f"process {pid}" for pid in full)
        held = f"{pool['in_use']} of {pool['limit']} in use"
        yield "pools_full_percent", 100 * len(full) / count, names or held
    if pool["max_connections"]:
        most, limit, held = pool["max_connections"], pool["limit"], pool["server_connections"]
        yield "pool_limit_percent", 100 * limit / most, f"{limit} of {most} may be asked for"
        yield "connections_percent", 100 * held / most, f"{held} of {most}"


def _slow(report: Row, window_seconds: float) -> Iterator[Finding]:
    rows = report["database"]["slow_queries"]
    if report["seconds"] is None:
        since = clock.now() - timedelta(seconds=window_seconds)
        rows = [row for row in rows if row["last_at"] and row["last_at"] >= since]
    worst_of = max(rows, key=lambda row: row["max_ms"], default=None)
    says = f"{worst_of['max_ms']:.0f} ms: {_cut(worst_of['fingerprint'])}" if worst_of else ""
    yield "slow_statements", len(rows), says


def _sessions(database: Row) -> Iterator[Finding]:
    lock = max(database["locks"], key=lambda row: row["waited_seconds"], default=None)
    waited, says = (lock["waited_seconds"], _blocked(lock)) if lock else (0.0, "")
    yield "lock_wait_seconds", waited, says
    oldest = max(database["transactions"], key=lambda row: row["transaction_seconds"], default=None)
    yield "transaction_seconds", oldest["transaction_seconds"] if oldest else 0.0, _session(oldest)
    idle = [row for row in database["transactions"] if "idle" in (row["state"] or "")]
    longest = max(idle, key=lambda row: row["state_seconds"], default=None)
    seconds = longest["state_seconds"] if longest else 0.0
    yield "idle_in_transaction_seconds", seconds, _session(longest)


def _tasks(tasks: Row | None) -> Iterator[Finding]:
    if tasks is None:
        return
    yield "tasks_waiting_seconds", tasks["waiting_seconds"], ""
    failing = tasks["retried"] + tasks["failed"]
    yield "tasks_failing", failing, f"{tasks['failed']} of them given up"
    # Before the first worker has begun there is nothing to be late by.
    if tasks["clock_seconds"] is not None:
        yield "clock_silent_seconds", tasks["clock_seconds"], ""


def _blocked(lock: Row) -> str:
    by = lock["blocked_by"][0]
    says = f"{lock['pid']} {_cut(lock['fingerprint'], 40)}"
    return f"{says} waits for {by['pid']} ({by['state']}) {_cut(by['fingerprint'], 40)}"


def _session(row: Row | None) -> str:
    return f"{row['pid']} {row['application']}: {_cut(row['fingerprint'])}" if row else ""


def _stored(database: Row, least: Row) -> Iterator[Finding]:
    blocks = (database["blocks_hit"] or 0) + (database["blocks_read"] or 0)
    if blocks >= least["least_blocks"]:
        yield "buffer_hit_percent", 100 * database["buffer_hit_rate"], ""
    invalid = [index["name"] for index in database["indexes"] if not index["is_valid"]]
    yield "invalid_indexes", len(invalid), ", ".join(invalid)
    unused = [index for index in database["indexes"] if index["is_unused"]]
    unused.sort(key=lambda index: -index["size_bytes"])
    names = ", ".join(index["name"] for index in unused[:3])
    yield "unused_index_megabytes", sum(index["size_bytes"] for index in unused) / 1e6, names
    tables = [row for row in database["tables"] if row["dead_rows"] >= least["least_dead_rows"]]
    table = max(tables, key=dead_percent, default=None)
    yield "dead_rows_percent", dead_percent(table) if table else 0.0, table["name"] if table else ""


def dead_percent(table: Row) -> float:
    """The dead rows' part of all rows of a table."""
    rows = table["live_rows"] + table["dead_rows"]
    return 100 * table["dead_rows"] / rows if rows else 0.0


def _cache(report: Row, least: Row) -> Iterator[Finding]:
    cache = report["cache"]
    if cache["state"] != "off":
        yield "unreachable", int(cache["state"] == "down"), cache["error"] or ""
    asked = cache["hits"] + cache["misses"]
    tried = asked + cache["errors"]
    if asked >= least["least_lookups"]:
        yield "hit_percent", 100 * cache["hit_rate"], f"{cache['hits']} of {asked}"
    if tried >= least["least_lookups"]:
        yield "error_percent", 100 * cache["errors"] / tried, f"{cache['errors']} errors"
    if cache["breakers"]:
        part = 100 * cache["breakers_open"] / len(cache["breakers"])
        open_ones = [str(one["pid"]) for one in cache["breakers"] if one["is_open"]]
        yield "breakers_open_percent", part, ", ".join(open_ones)
    # Without a cache nobody has anything to deliver; what lies there is thrown away.
    if cache["outbox"] and cache["state"] != "off":
        yield "outbox_age_seconds", cache["outbox"]["age_seconds"], ""
        yield "outbox_rows", cache["outbox"]["rows"], ""
    if cache["server"]:
        yield from _cache_server(cache["server"], report["seconds"])


def _cache_server(server: Row, seconds: float | None) -> Iterator[Finding]:
    period = seconds or server["uptime_seconds"] or 1
    yield "evictions_per_second", (server["evicted_keys"] or 0) / period, ""
    used, most = server["used_memory_bytes"], server["max_memory_bytes"]
    # One that may evict is meant to be full.
    if most and server["eviction_policy"] == "noeviction":
        yield "memory_percent", 100 * used / most, "noeviction"


def _api(report: Row, least: Row) -> Iterator[Finding]:
    whole = report["api"]["total"]
    enough = [row for row in report["api"]["routes"] if row["count"] >= least["least_requests"]]
    shed = report["api"]["shed"]
    arrived = shed + whole["count"]
    if arrived >= least["least_requests"]:
        yield "shed_percent", 100 * shed / arrived, f"{shed:,} refused"
    if whole["count"] >= least["least_requests"]:
        failed = max(report["api"]["routes"], key=lambda row: row["errors_5xx"])
        says = f"{whole['errors_5xx']} of {whole['count']}"
        says += f", most of {failed['method']} {failed['route']}" if failed["errors_5xx"] else ""
        yield "errors_5xx_percent", 100 * whole["errors_5xx"] / whole["count"], says
        for name in ("p95_ms", "p99_ms"):
            slowest = max(enough, key=lambda row: row[name], default=None)
            says = f"slowest {slowest['method']} {slowest['route']}" if slowest else ""
            yield name, whole[name], says
    if enough:
        most = max(enough, key=lambda row: row["statements_per_request"])
        yield "statements_per_request", most["statements_per_request"], most["route"]


def _cut(mark: str, most: int = 70) -> str:
    return mark if len(mark) <= most else mark[: most - 1] + "…"


_SECTIONS: dict[str, Callable[[Row, Row], Iterator[Finding]]] = {
    "host": _host, "database": _database, "cache": _cache, "api": _api,
}  # fmt: skip
