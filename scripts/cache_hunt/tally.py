"""What a hunt has seen: counted by its threads, summed at the end."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

EXAMPLES = 10


@dataclass(frozen=True)
class Stale:
    """A read that shows less than was acknowledged before it began.

    `behind` counts versions, 0 when what it showed never was; `late_seconds` is the time from the
    acknowledgement to the beginning of the read.
    """

    subject: str
    read: str
    expected: str
    got: str
    behind: int
    late_seconds: float
    cache: str
    instance: int


@dataclass
class Tally:
    """Thread-safe counts."""

    reads: int = 0
    writes: int = 0
    by_cache: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    read_seconds: list[float] = field(default_factory=list)
    write_seconds: list[float] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    stale_reads: int = 0
    failures: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, cache: str, seconds: float, stale: list[Stale]) -> None:
        with self._lock:
            self.reads += 1
            self.by_cache[cache or "none"] += 1
            self.read_seconds.append(seconds)
            self.stale_reads += bool(stale)
            self.stale.extend(stale)

    def write(self, seconds: float) -> None:
        with self._lock:
            self.writes += 1
            self.write_seconds.append(seconds)

    def status(self, status: int, body: bytes) -> None:
        """Every answer's status; the first words of those that are failures."""
        with self._lock:
            self.statuses[status] += 1
            if status >= 500 and len(self.failures) < EXAMPLES:
                self.failures.append(f"{status} {body[:200]!r}")

    def fail(self, reason: str) -> None:
        """What stops the hunt from proving anything."""
        with self._lock:
            self.failures.append(reason)

    @property
    def server_errors(self) -> int:
        return sum(n for status, n in self.statuses.items() if status >= 500)

    @property
    def hit_rate(self) -> float:
        return self.by_cache["hit"] / self.reads if self.reads else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The figures, by the names that --json prints."""
        return {
            "reads": self.reads,
            "stale_reads": self.stale_reads,
            "writes": self.writes,
            "x_cache": dict(self.by_cache.most_common()),
            "hit_rate": round(self.hit_rate, 3),
            "statuses": {str(status): n for status, n in sorted(self.statuses.items())},
            "server_errors": self.server_errors,
            "read_ms": percentiles_ms(self.read_seconds),
            "write_ms": percentiles_ms(self.write_seconds),
            "stale_examples": [vars(each) for each in self.stale[:EXAMPLES]],
            "failures": self.failures[: 2 * EXAMPLES],
        }


def percentiles_ms(seconds: list[float]) -> dict[str, float]:
    """The median, the tail and the worst, in milliseconds."""
    ordered = sorted(seconds)
    if not ordered:
        return {}
    places = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    last = len(ordered) - 1
    return {name: round(ordered[round(last * at)] * 1000, 1) for name, at in places.items()}
