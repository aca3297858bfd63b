"""Until when the running request may still ask the database, its wait for a worker included.

A statement has a deadline of its own, but a request makes several: on a slow way to the database,
each in time, they would add up to an answer for which nobody waits any more.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Begun before it, a statement over a way that is 0.2 s late still ends within 3 s, and so does what
# undoes it.
REQUEST_SECONDS = 2.2
# Bulk work and exports: as long as their longest statement, all of them together, so that they end
# before Gunicorn takes the worker for hung.
LONG_SECONDS = 30.0
_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


@contextmanager
def of_request(waited_seconds: float) -> Iterator[None]:
    """Around a request that a worker takes after it has waited so long."""
    token = _ends_at.set(time.monotonic() + REQUEST_SECONDS - waited_seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def lift() -> None:
    """Let the running request take longer: it has written what its caller must be told of."""
    _ends_at.set(None)


def prolong() -> None:
    """Give the running request LONG_SECONDS from now."""
    _ends_at.set(time.monotonic() + LONG_SECONDS)


def left_seconds() -> float:
    """How long the running request may still take; without end outside of one."""
    ends_at = _ends_at.get()
    return math.inf if ends_at is None else ends_at - time.monotonic()


def is_set() -> bool:
    """Whether there is a running request, which has not been given any time it needs."""
    return _ends_at.get() is not None


def is_over() -> bool:
    """Whether the running request may begin no further statement; never outside of one."""
    return left_seconds() < 0
