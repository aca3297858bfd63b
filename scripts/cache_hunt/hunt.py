"""One hunt from the start of its servers to their end."""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.cache_hunt import backends, faults, servers, world
from scripts.cache_hunt.reads import reads
from scripts.cache_hunt.tally import Tally
from scripts.cache_hunt.threads import READS_A_WRITE, Crowd

_MODULE = backends.__name__
PAUSING, DELETING = f"{_MODULE}.PausingCache", f"{_MODULE}.DeletingCache"


# The naive backend is caught: more of the same proves no more.
ENOUGH_CAUGHT = 5


@dataclass(frozen=True)
class Plan:
    """How long to hunt, through what fault, by which backend, as how many hosts."""

    seconds: float
    fault: str
    is_naive: bool
    hosts: int


def hunt(plan: Plan) -> tuple[Tally, float]:
    """What was seen, and for how many seconds.

    Raises EmbeddedError when a server does not start, GaveUp when the world cannot be made.
    """
    cache_type = DELETING if plan.is_naive else PAUSING
    with (
        tempfile.TemporaryDirectory(prefix="hunt-") as folder,
        servers.serving(Path(folder), cache_type, plan.hosts) as running,
    ):
        made = world.build(running)
        # Races are what a hunt is about; the naive backend is to lose them soon.
        each = READS_A_WRITE // 6 if plan.is_naive else READS_A_WRITE
        crowd = Crowd(running.ports, made, reads(made), each)
        started = time.monotonic()
        tell = _Progress(crowd, started, plan)
        try:
            with crowd:
                faults.drive(faults.FAULTS[plan.fault](running.cache), tell.is_over)
        finally:
            tell.end()
        if not crowd.tally.by_cache["hit"]:
            crowd.tally.fail("no answer came from the cache, so nothing is proven")
        if crowd.tally.failures:
            crowd.tally.failures += running.errors()
        return crowd.tally, time.monotonic() - started


class _Progress:
    """Says when it is over, and on a terminal how it goes."""

    def __init__(self, crowd: Crowd, started: float, plan: Plan) -> None:
        self._crowd, self._started, self._seconds = crowd, started, plan.seconds
        self._enough = ENOUGH_CAUGHT if plan.is_naive else sys.maxsize
        self._shows = sys.stderr.isatty()
        self._told_at = 0.0

    def is_over(self) -> bool:
        now = time.monotonic()
        if self._shows and now - self._told_at > 0.5:
            self._told_at, tally = now, self._crowd.tally
            left = max(0, self._started + self._seconds - now)
            said = f"{tally.reads:,} reads, {tally.stale_reads:,} stale, {left:.0f} s left"
            print(f"\r{said:<60}", end="", file=sys.stderr, flush=True)
        is_caught = self._crowd.tally.stale_reads >= self._enough
        return is_caught or now - self._started >= self._seconds or not self._crowd.is_alive

    def end(self) -> None:
        if self._shows:
            print(f"\r{'':<60}\r", end="", file=sys.stderr, flush=True)
