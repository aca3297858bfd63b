"""What stands in the sections host, cache and api of the monitor's report."""

import time
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from src.ops.monitor.layout import pairs, table
from src.ops.monitor.units import duration, number, percent, rate, size

Row = dict[str, Any]
Parts = list[RenderableType]


def host(report: Row) -> Parts:
    """CPU, load, memory and disk in two lines; the processes."""
    found = report["host"]
    memory, disk = found["memory"], found["disk"]
    lines = pairs(
        ("cpu", f"{found['cpu_percent']:.0f} % of {found['cores']} cores"),
        ("load", " ".join(f"{load:.2f}" for load in found["load"])),
        ("memory", _of(memory)),
        ("disk", _of(disk)),
        ("/health", _answer(found["answer"])),
    )
    shown = table("process", "pid>", "memory>", "cpu>", "up>")
    for row in found["processes"]:
        cpu = "-" if row["cpu_percent"] is None else f"{row['cpu_percent']:.0f} %"
        age = duration(time.time() - row["started_at"])
        kind = Text(f"{row['kind']}, stopped", "red") if row["is_stopped"] else row["kind"]
        shown.add_row(kind, str(row["pid"]), size(row["rss_bytes"]), cpu, age)
    return [lines, shown]


def _answer(answer: Row | None) -> str:
    if answer is None:
        return "-"
    return answer["error"] or f"in {1000 * answer['seconds']:.0f} ms"


def _of(store: Row) -> str:
    used, total = size(store["used_bytes"]), size(store["total_bytes"])
    return f"{used} of {total} ({store['used_percent']:.0f} %)"


def cache(report: Row, most: int) -> Parts:
    """The server, the breakers, the outbox, and how each name was answered."""
    found = report["cache"]
    if found["state"] == "off":
        return [Text("off: REDIS_URL is not set, or CACHE_ENABLED is false", "dim")]
    outbox, breakers = found["outbox"], len(found["breakers"])
    waiting = f"{outbox['rows']:,}, oldest {duration(outbox['age_seconds'])}" if outbox else "-"
    lines = pairs(
        *_cache_server(found["server"], report["seconds"]),
        ("hit rate", percent(found["hit_rate"])),
        ("breakers open", f"{found['breakers_open']} of {breakers}" if breakers else "-"),
        ("outbox", waiting),
    )
    down = [Text(f"no answer: {found['error']}", "bold red")] if found["state"] == "down" else []
    shown = table("cached…", "hits>", "misses>", "stale>", "bypassed>", "errors>", "hit rate>")
    for row in found["by_name"][:most]:
        counts = [number(row[name]) for name in ("hits", "misses", "stale", "bypassed", "errors")]
        shown.add_row(row["name"], *counts, percent(row["hit_rate"]))
    return [*down, lines, *([shown] if shown.row_count else [])]


def _cache_server(told: Row | None, seconds: float | None) -> list[tuple[str, str]]:
    if told is None:
        return []
    limit = size(told["max_memory_bytes"]) if told["max_memory_bytes"] else "no limit"
    return [
        ("server", told["version"]),
        ("up", duration(told["uptime_seconds"])),
        ("memory", f"{size(told['used_memory_bytes'])} of {limit}"),
        ("clients", number(told["connected_clients"])),
        ("commands", rate(told["commands"], seconds)),
        ("evicted", rate(told["evicted_keys"], seconds)),
    ]


def api(report: Row, most: int) -> Parts:
    """Each route, the busiest first, under the sum of all."""
    seconds, found = report["seconds"], report["api"]
    names = ("count>" if seconds is None else "/s>", "p50>", "p95>", "p99>", "4xx>", "5xx>")
    shown = table("route (times in ms)…", *names, "stmts>")
    whole = {"method": "", "route": f"all {len(found['routes'])}", **found["total"]}
    for row in (whole, *found["routes"][:most]):
        times = [number(row[name], 1) for name in ("p50_ms", "p95_ms", "p99_ms")]
        failed = Text(number(row["errors_5xx"]), "red" if row["errors_5xx"] else "")
        statements = number(row["statements_per_request"], 1)
        count = number(row["count"]) if seconds is None else number(row["count"] / seconds, 1)
        name = f"{row['method']} {row['route']}".strip()
        shown.add_row(name, count, *times, number(row["errors_4xx"]), failed, statements)
    return [shown]
