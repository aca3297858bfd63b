"""What the load saw, request by request, and the figures of a span of it."""

import math
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.cache_hunt.tally import EXAMPLES, Stale, percentiles_ms
from scripts.cache_hunt.wire import NO_ANSWER, Reply
from src.routes.shedding import TOO_MUCH

NO_ANSWER_KIND, WRONG_BODY_KIND = "no answer", "wrong body"
REFUSED_KIND, SHED_KIND, CURT_KIND = "503", "503 shed", "503 without Retry-After"
# Said with Retry-After: by what could not ask the database, or because too many waited.
REFUSALS = (REFUSED_KIND, SHED_KIND)
# A span of time that nothing lies outside of.
ALWAYS = 0.0, math.inf

_SHED = TOO_MUCH.encode()


@dataclass(frozen=True, slots=True)
class Sample:
    """One request: when it was due (monotonic seconds) and how long after that it was answered.

    `failure` is its kind, or empty.
    """

    due: float
    seconds: float
    is_public_read: bool
    failure: str
    cache: str


@dataclass
class Samples:
    """Filled by many threads at once."""

    taken: list[Sample] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, sample: Sample, stale: Sequence[Stale] = (), words: str = "") -> None:
        """`words` tell of a failure; the first few are kept."""
        with self._lock:
            self.taken.append(sample)
            self.stale.extend(stale)
            if sample.failure and len(self.examples) < EXAMPLES:
                self.examples.append(f"{sample.failure}: {words}")

    def span(self, start: float, end: float) -> list[Sample]:
        """Those that were due in a span of time."""
        with self._lock:
            return [one for one in self.taken if start <= one.due < end]


def failure_of(reply: Reply) -> str:
    """The kind in which an answer failed, or empty: a refusal by the client's fault is none."""
    if reply.status == NO_ANSWER:
        return NO_ANSWER_KIND
    if reply.status == 503 and not reply.retry_after:
        return CURT_KIND
    if reply.status == 503:
        return SHED_KIND if _SHED in reply.body else REFUSED_KIND
    return str(reply.status) if reply.status >= 500 or reply.status == 429 else ""


def failures(samples: Sequence[Sample]) -> Counter[str]:
    """How many failed, by kind."""
    return Counter(one.failure for one in samples if one.failure)


def times_ms(samples: Sequence[Sample]) -> dict[str, float]:
    """p50, p95, p99 and max; nothing of none."""
    return percentiles_ms([one.seconds for one in samples])


def hits(samples: Sequence[Sample]) -> list[Sample]:
    """What was answered from the cache."""
    return [one for one in samples if one.cache == "hit"]


def hit_rate(samples: Sequence[Sample]) -> float:
    """The share of reads through the cache that were answered from it."""
    kinds = Counter(one.cache for one in samples if one.cache)
    return kinds["hit"] / kinds.total() if kinds else 0.0
