"""What the cache did for requests, summed over all workers."""

from collections import defaultdict
from typing import Any

from src.utils import metrics
from src.utils.shared_counters import SharedCounters

_RESULTS = {
    "hit": "hits", "miss": "misses", "stale": "stale", "bypass": "bypassed", "error": "errors"
}  # fmt: skip


def read(counters: SharedCounters) -> dict[str, Any]:
    """Hits, misses, answers given stale, passed over and failed look-ups, in all and by read.

    `hit_rate` is a fraction of what was looked up and answered; None when nothing was.
    """
    by_name: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_RESULTS.values(), 0))
    for (name, result), count in metrics.sums(counters)["cache"].items():
        by_name[name][_RESULTS[result]] += int(count)
    total = {said: sum(row[said] for row in by_name.values()) for said in _RESULTS.values()}
    return {
        "hit_rate": _rate(total),
        **{f"total_{said}": count for said, count in total.items()},
        "by_name": {name: {"hit_rate": _rate(row), **row} for name, row in sorted(by_name.items())},
    }


def _rate(row: dict[str, int]) -> float | None:
    looked_up = row["hits"] + row["misses"]
    return round(row["hits"] / looked_up, 4) if looked_up else None
