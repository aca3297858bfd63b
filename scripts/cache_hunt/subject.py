"""A thing whose state everybody sees: one writer moves it on, and knows what was acknowledged."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from scripts.cache_hunt.wire import Reply

# Writes version n through one of the instances.
Write = Callable[[int, int], Reply]


class GaveUp(Exception):
    """A write was refused: what is true now is not known, so the hunt cannot go on with it."""


@dataclass
class Subject:
    """Version n is visible as `shows(n)`. `begun` runs ahead of `acked` while a write is underway.

    Only the writer's thread changes it; `pause_seconds` is the least time between two writes.
    """

    name: str
    write: Write
    shows: Callable[[int], Hashable]
    pause_seconds: float = 0.0
    begun: int = 0
    acked: int = 0
    acked_at: float = 0.0
    # When the newest versions were acknowledged, to tell how late a stale read is.
    acked_when: dict[int, float] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self.acked_at >= self.pause_seconds

    def move_on(self, port: int) -> Reply:
        """Write the next version; it is acknowledged unless it was refused."""
        self.begun += 1
        reply = self.write(port, self.begun)
        if reply.status < 300:
            self.acked, self.acked_at = self.begun, time.monotonic()
            self.acked_when[self.acked] = self.acked_at
        return reply

    def judge(self, seen: Any, acked: int, begun: int) -> int | None:
        """None when `seen` is what a read may show that began when `acked` was acknowledged and
        ended when `begun` was underway; else how many versions it is behind, 0 if it never was.
        """
        if any(self.shows(version) == seen for version in range(acked, begun + 1)):
            return None
        older = (version for version in range(acked - 1, -1, -1) if self.shows(version) == seen)
        found = next(older, None)
        return 0 if found is None else acked - found

    def seconds_since(self, version: int, moment: float) -> float:
        """How long a version had been acknowledged at a moment of time.monotonic()."""
        return moment - self.acked_when.get(version, moment)
