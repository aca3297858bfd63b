"""What the counters of all workers say: routes, pools, slow statements and the cache's answers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from src.utils.metrics import BUCKETS, Sums
from src.utils.shared_counters import GAUGES, Key, Slot

_MOST_SLOW = 50
_MAXIMA_OF_SLOW = "max_ms", "slow_at"
# How the cache answered, as it counts it, and how it is reported.
CACHE_RESULTS = {
    "hit": "hits", "miss": "misses", "stale": "stale", "bypass": "bypassed", "error": "errors",
}  # fmt: skip


def since(now: Sums, before: Sums | None) -> Sums:
    """What was counted between two looks; what goes up and down, and maxima, as they are now."""
    if before is None:
        return now
    grown: Sums = defaultdict(lambda: defaultdict(float))
    for name, values in now.items():
        is_count = name not in GAUGES and name not in _MAXIMA_OF_SLOW
        earlier = before.get(name, {}) if is_count else {}
        for key, value in values.items():
            grown[name][key] = value - earlier.get(key, 0.0)
    return grown


def routes(sums: Sums) -> list[dict[str, Any]]:
    """Each method and route that answered, the busiest first. Times are milliseconds."""
    by_status: dict[Key, dict[str, float]] = defaultdict(dict)
    for (method, route, status), count in sums["requests"].items():
        by_status[method, route][status] = count
    rows = [
        {"method": key[0], "route": key[1], **_answers(counts), **_times(sums, [key])}
        for key, counts in by_status.items()
        if sum(counts.values()) > 0
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["route"], row["method"]))


def all_routes(sums: Sums) -> dict[str, Any]:
    """The same of all routes together."""
    counts: dict[str, float] = defaultdict(float)
    for (*_, status), count in sums["requests"].items():
        counts[status] += count
    return {**_answers(counts), **_times(sums, list(sums["seconds"]))}


def _answers(by_status: dict[str, float]) -> dict[str, int]:
    def of(digit: str) -> int:
        return int(sum(n for status, n in by_status.items() if status.startswith(digit)))

    count = int(sum(by_status.values()))
    return {"count": count, "errors_4xx": of("4"), "errors_5xx": of("5")}


def _times(sums: Sums, keys: list[Key]) -> dict[str, float | None]:
    buckets = [
        sum(sums["bucket"].get((*key, bound), 0.0) for key in keys)
        for bound in (*map(str, BUCKETS), "+Inf")
    ]
    count = sum(buckets)

    def each(name: str, scale: float, digits: int) -> float | None:
        whole = sum(sums[name].get(key, 0.0) for key in keys)
        return round(whole * scale / count, digits) if count else None

    return {
        **{f"p{q}_ms": _milliseconds(quantile(buckets, q / 100)) for q in (50, 95, 99)},
        "mean_ms": each("seconds", 1000, 2),
        "statements_per_request": each("statements", 1, 2),
        "database_ms_per_request": each("db_seconds", 1000, 2),
    }


def quantile(buckets: Sequence[float], q: float) -> float | None:
    """The time in seconds under which the part `q` of the answers stayed; None without answers.

    Straight between the bounds of its bucket, as Prometheus does it; of the last one, which has no
    upper bound, the lower.
    """
    count = sum(buckets)
    if count <= 0:
        return None
    rank, below = q * count, 0.0
    for (low, high), inside in zip(pairwise((0.0, *BUCKETS)), buckets, strict=False):
        if inside > 0 and below + inside >= rank:
            return low + (high - low) * (rank - below) / inside
        below += inside
    return BUCKETS[-1]


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 2)


def workers(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """Each live process: its slot and id, its pool's connections, whether it passes the cache over.

    The limit is 0 until the process has used the database.
    """
    found = []
    for slot in slots:
        held = dict(slot.numbers)
        if slot.lives:
            names = ("in_use", "idle", "limit")
            pool = {name: int(held.get(("pool", name), 0)) for name in names}
            breaker = held.get(("breaker", "open"))
            found.append(
                {
                    "slot": slot.name,
                    "pid": int(held.get(("worker", "pid"), 0)),
                    **pool,
                    "breaker_open": None if breaker is None else breaker > 0,
                }
            )
    return sorted(found, key=lambda worker: worker["pid"])


def slow_statements(sums: Sums) -> list[dict[str, Any]]:
    """The slow statements by fingerprint, those that took most time first.

    Some that took most and some that are newest, so that an old heap hides nothing slow now.
    """
    rows: list[dict[str, Any]] = [
        {
            "fingerprint": key[0],
            "count": int(count),
            "total_ms": round(sums["slow_ms"][key], 1),
            "max_ms": round(sums["max_ms"][key], 1),
            "last_at": _moment(sums["slow_at"].get(key, 0.0)),
        }
        for key, count in sums["slow"].items()
        if count > 0
    ]
    newest = sorted(rows, key=lambda row: -sums["slow_at"].get((row["fingerprint"],), 0.0))
    rows.sort(key=lambda row: -row["total_ms"])
    kept = {row["fingerprint"] for row in (*rows[:_MOST_SLOW], *newest[:_MOST_SLOW])}
    return [row for row in rows if row["fingerprint"] in kept]


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def cache_requests(sums: Sums) -> list[dict[str, Any]]:
    """How the cache answered, by the name of what was asked for, the busiest first."""
    by_name: dict[str, dict[str, float]] = defaultdict(dict)
    for (name, result), count in sums["cache"].items():
        by_name[name][result] = count
    rows = [
        {"name": name, **_results(counts)}
        for name, counts in by_name.items()
        if any(counts.values())
    ]
    return sorted(rows, key=lambda row: (-row["hits"] - row["misses"], row["name"]))


def all_cache_requests(sums: Sums) -> dict[str, Any]:
    """The same of all names together."""
    counts: dict[str, float] = defaultdict(float)
    for (_, result), count in sums["cache"].items():
        counts[result] += count
    return _results(counts)


def _results(counts: dict[str, float]) -> dict[str, Any]:
    """`hit_rate` is the hits' part of hits and misses; None without either."""
    named: dict[str, Any] = {
        name: int(counts.get(result, 0)) for result, name in CACHE_RESULTS.items()
    }
    asked = named["hits"] + named["misses"]
    return {**named, "hit_rate": round(named["hits"] / asked, 4) if asked else None}
