"""One hunt from the start of its servers to their end."""

import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from scripts.cache_hunt import backends, faults, servers, world
from scripts.cache_hunt.reads import reads
from scripts.cache_hunt.tally import Tally
from scripts.cache_hunt.threads import READS_A_WRITE, Crowd

_MODULE = backends.__name__
PAUSING, DELETING = f"{_MODULE}.PausingCache", f"{_MODULE}.DeletingCache"


# The naive backend is caught: more of the same proves no more.
ENOUGH_CAUGHT = 2


@dataclass(frozen=True)
class Plan:
    """How long to hunt, through what fault, by which backend, as how many hosts, and after how many
    reads to end.
    """

    seconds: float
    fault: str
    is_naive: bool
    hosts: int
    reads: int | None = None


@dataclass(frozen=True)
class Hunted:
    """What was seen, for how many seconds, and whether somebody ended it before its time."""

    tally: Tally
    seconds: float
    was_interrupted: bool


def hunt(plan: Plan) -> Hunted:
    """What was seen, also by a hunt that is interrupted once it reads.

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
        tell, was_interrupted = _Progress(crowd, started, plan), False
        try:
            with crowd, closing(faults.FAULTS[plan.fault](running.cache)) as steps:
                faults.drive(steps, tell.is_over)
        except KeyboardInterrupt:
            # Hours may have gone into what it has seen until now.
            was_interrupted = True
        finally:
            tell.end()
        for want in wants(plan, crowd.tally):
            crowd.tally.fail(want)
        if crowd.tally.failures:
            crowd.tally.failures += running.errors()
        return Hunted(crowd.tally, time.monotonic() - started, was_interrupted)


def wants(plan: Plan, tally: Tally) -> list[str]:
    """Why what was seen does not prove what the plan was to prove."""
    found = []
    if not tally.by_cache["hit"]:
        found.append("no answer came from the cache, so nothing is proven")
    if tally.reads < (plan.reads or 0):
        found.append(f"ended after {tally.reads:,} of {plan.reads:,} reads")
    return found


class _Progress:
    """Says when it is over, and on a terminal how it goes."""

    def __init__(self, crowd: Crowd, started: float, plan: Plan) -> None:
        self._crowd, self._started, self._plan = crowd, started, plan
        self._reads = plan.reads or sys.maxsize
        self._enough = ENOUGH_CAUGHT if plan.is_naive else sys.maxsize
        self._shows = sys.stderr.isatty()
        self._told_at = 0.0

    def is_over(self) -> bool:
        now, tally = time.monotonic(), self._crowd.tally
        if self._shows and now - self._told_at > 0.5:
            self._told_at = now
            left = max(0, self._started + self._plan.seconds - now)
            until = f"{self._plan.reads:,} wanted" if self._plan.reads else f"{left:.0f} s left"
            said = f"{tally.reads:,} reads, {tally.stale_reads:,} stale, {until}"
            print(f"\r{said:<60}", end="", file=sys.stderr, flush=True)
        is_late = now - self._started >= self._plan.seconds
        is_enough = tally.stale_reads >= self._enough or tally.reads >= self._reads
        return is_enough or is_late or not self._crowd.is_alive

    def end(self) -> None:
        if self._shows:
            print(f"\r{'':<60}\r", end="", file=sys.stderr, flush=True)
