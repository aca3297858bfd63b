"""What a load client saw of one load."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """Right answers a second with their latencies in milliseconds, and how many were not right.

    What wrk does not tell is None.
    """

    per_second: float
    p50_ms: float
    p95_ms: float | None
    p99_ms: float
    answers: int
    errors: int
    # Answers with the load's mark in their head.
    marked: int | None
    # The share of a processor that the busiest process of the client took; near 1 it is in the way.
    client_busy: float | None
    # The first line of a wrong answer.
    last_wrong: str = ""


def percentile(ordered: Sequence[float], share: float) -> float:
    """The least value that at least this share of them does not exceed; 0 of none."""
    if not ordered:
        return 0.0
    place = -int(-share * len(ordered) // 1)  # rounded up
    return ordered[max(0, place - 1)]
