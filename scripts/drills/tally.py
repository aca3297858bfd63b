"""What came back: how many requests of each kind, how fast, and how they failed."""

import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from scripts.drills.wire import Failure

# So many are told of in words; of the others only their kind.
_MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """One request: what it was, when it was answered (monotonic seconds), how long it took."""

    name: str
    at: float
    ms: float


class Tally:
    """Filled by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.taken: list[Taken] = []
        self.failures: Counter[str] = Counter()
        self.examples: list[str] = []

    def __len__(self) -> int:
        return len(self.taken)

    @contextmanager
    def counting(self, name: str) -> Iterator[None]:
        """Count what runs inside as one request; a Failure is counted and goes no further."""
        started = time.monotonic()
        failure = None
        try:
            yield
        except Failure as raised:
            failure = raised
        ended = time.monotonic()
        with self._lock:
            self.taken.append(Taken(name, ended, (ended - started) * 1000))
            if failure is not None:
                self.failures[failure.kind] += 1
                if len(self.examples) < _MOST_EXAMPLES:
                    self.examples.append(f"{name}: {failure}")

    def since(self, start: float, end: float = math.inf) -> list[Taken]:
        """Those answered in a span of time."""
        with self._lock:
            return [taken for taken in self.taken if start <= taken.at < end]


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value below or at which this share of them lies; 0 of none."""
    if not sorted_values:
        return 0.0
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


def longest_gap_seconds(taken: Sequence[Taken]) -> float:
    """The longest time in which no request at all was answered."""
    times = sorted(one.at for one in taken)
    return max((later - one for one, later in itertools.pairwise(times)), default=0.0)
