"""What the cache did for requests, summed over all workers."""

from typing import Any

from src.utils import figures, metrics
from src.utils.shared_counters import CounterFiles


def read(counters: CounterFiles) -> dict[str, Any]:
    """Hits, misses, answers given stale, passed over and failed look-ups, in all and by read.

    `hit_rate` is a fraction of what was looked up and answered; None when nothing was.
    """
    sums = metrics.sums(counters)
    whole = figures.all_cache_requests(sums)
    rows = sorted(figures.cache_requests(sums), key=lambda row: row["name"])
    return {
        "hit_rate": whole.pop("hit_rate"),
        **{f"total_{said}": count for said, count in whole.items()},
        "by_name": {row.pop("name"): row for row in rows},
    }
