"""What requests took, by route, counted over all workers."""

from collections import defaultdict
from collections.abc import Iterable

from src.utils.shared_counters import GAUGES, CounterFiles, Key, SharedCounters, Slot

# Seconds; the last one is what a statement timeout can add up to.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
Sums = dict[str, dict[Key, float]]
_MAXIMA = frozenset({"max_ms", "slow_at"})


def record(
    counters: SharedCounters,
    labels: Key,
    *,
    status: int,
    seconds: float,
    statements: int,
    db: float,
) -> None:
    """Count one request; `labels` are its method and its route's rule, never the raw path."""
    bound = next((str(bucket) for bucket in BUCKETS if seconds <= bucket), "+Inf")
    counters.add(("requests", *labels, str(status)))
    counters.add(("bucket", *labels, bound))
    counters.add(("seconds", *labels), seconds)
    if statements:
        counters.add(("statements", *labels), statements)
        counters.add(("db_seconds", *labels), db)


def sums(counters: CounterFiles) -> Sums:
    """The numbers by name and labels; of dead processes only what they counted."""
    return total(counters.slots())


def total(slots: Iterable[Slot]) -> Sums:
    """The sums over some slots."""
    found: Sums = defaultdict(lambda: defaultdict(float))
    for slot in slots:
        for (name, *rest), value in slot.numbers:
            labels = tuple(rest)
            if name in _MAXIMA:
                found[name][labels] = max(found[name][labels], value)
            elif slot.lives or name not in GAUGES:
                found[name][labels] += value
    return found
