"""Healthy callers beside a thousand slow ones: calm, among them, and calm again."""

import functools
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from scripts.drills import nginx, world
from scripts.drills.healthy_callers import Healthy
from scripts.drills.served import CannotDrill, serve
from scripts.drills.slow_callers import held
from scripts.drills.tally import Tally, percentile
from scripts.drills.target import Target

CALM, AMONG_SLOW = "calm", "among slow callers"
MOST_TIMES_SLOWER = 1.2
# Of the slow connections, over the time in which they are measured: those that are sent away come
# back.
HELD_SHARE = 0.95
OPENING_SECONDS = 60.0
_WARMING_SECONDS = 5.0
_LOOK_SECONDS = 0.1
Listener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """`slow` connections; `rate` healthy requests a second for `seconds` calm, twice that among the
    slow ones, and calm again. `is_direct` leaves the proxy out.
    """

    slow: int
    rate: float
    seconds: float
    is_direct: bool = False


@dataclass
class Outcome:
    """What healthy callers were answered, by phase; `held` is how many slow connections were open
    on average.
    """

    tally: Tally = field(default_factory=Tally)
    held: float = 0.0

    def p99_ms(self, phase: str) -> float:
        """Of the healthy requests of a phase."""
        return percentile(sorted(one.ms for one in self.tally.since(0) if one.name == phase), 0.99)

    @property
    def times_slower(self) -> float:
        """p99 among slow callers by p99 without them."""
        return self.p99_ms(AMONG_SLOW) / max(self.p99_ms(CALM), 0.001)

    def missed(self, plan: Plan) -> list[str]:
        """What is not as it must be, in words."""
        found = []
        if failed := sum(self.tally.failures.values()):
            found.append(f"{failed} healthy requests failed")
        if self.times_slower > MOST_TIMES_SLOWER:
            found.append(f"p99 {self.times_slower:.2f} times as long, above {MOST_TIMES_SLOWER}")
        if self.held < plan.slow * HELD_SHARE:
            found.append(f"only {self.held:.0f} of {plan.slow} slow connections were open")
        return found


def run(plan: Plan, listener: Listener) -> Outcome:
    """Serve, ask, and ask again among slow callers.

    Raises Missing, CannotDrill and Failure before anything is measured.
    """
    outcome = Outcome()
    if not plan.is_direct:
        # Told before anything is started.
        nginx.require()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill-")))
        listener("starting")
        served = stack.enter_context(serve(folder / "var", TRUSTED_PROXIES="1"))
        made = world.make(served.port, 0)
        if plan.is_direct:
            target = Target(served.port)
        else:
            target = stack.enter_context(nginx.before(served.port, folder / "nginx"))
        paths = [f"/api/v1/jobs/{job}" for job in made.jobs]
        paths += [f"/api/v1/jobs?q={word}&page_size=10" for word in world.WORDS]
        healthy = functools.partial(Healthy, target, paths, plan.rate)
        # Each worker has seen all once: what is compared is the same.
        _ask(healthy(Tally(), "warming"), _WARMING_SECONDS)
        listener(CALM)
        _ask(healthy(outcome.tally, CALM), plan.seconds)
        listener(f"opening {plan.slow} slow connections")
        with held(target, plan.slow) as opened:
            _await_opened(opened, plan)
            listener(AMONG_SLOW)
            looks = _ask(healthy(outcome.tally, AMONG_SLOW), 2 * plan.seconds, opened)
            outcome.held = sum(looks) / len(looks)
        listener(f"{CALM} again")
        _ask(healthy(outcome.tally, CALM), plan.seconds)
    return outcome


def _await_opened(opened: Callable[[], int], plan: Plan) -> None:
    deadline = time.monotonic() + OPENING_SECONDS
    while opened() < plan.slow * HELD_SHARE:
        if time.monotonic() > deadline:
            raise CannotDrill(f"only {opened()} of {plan.slow} slow connections could be opened")
        time.sleep(_LOOK_SECONDS)


def _ask(healthy: Healthy, seconds: float, opened: Callable[[], int] = lambda: 0) -> list[int]:
    """What `opened` said, again and again, in the time in which healthy callers asked."""
    looks = []
    with healthy:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            looks.append(opened())
            time.sleep(_LOOK_SECONDS)
    return looks
