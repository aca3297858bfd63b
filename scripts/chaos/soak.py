"""Every fault again and again under one load, held to the goals of the service as a whole."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psutil

from scripts.chaos.rig import Rig, rigged
from scripts.chaos.run import Listener, Outcome, Plan, held_rate, once
from scripts.chaos.samples import REFUSALS, SHED_KIND, Sample, failures
from scripts.chaos.scenarios import STARTED
from scripts.chaos.verdict import missed

SUCCESS_SHARE = 0.9995
RECOVERY_SECONDS = 2.0
# What a worker may take more after the last round than after the first.
MOST_GROWTH_MIB = 20.0


@dataclass(frozen=True, slots=True)
class Goal:
    """What is held, the figure that was seen, and whether it holds."""

    what: str
    seen: str
    holds: bool


@dataclass
class Soaked:
    """Each fault that was tried, and what a worker took after each round, in MiB."""

    rate: float = 0.0
    seconds: float = 0.0
    outcomes: list[Outcome] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)
    # False while it lasts, and for ever once it is broken off.
    is_whole: bool = False

    def calm(self) -> list[Sample]:
        """Requests before a fault."""
        return [sample for one in self.outcomes for sample in one.seen.baseline]

    def broken(self) -> list[tuple[Outcome, Sample]]:
        """Requests during and after a fault, with the fault."""
        return [
            (one, sample) for one in self.outcomes for sample in (*one.seen.during, *one.seen.after)
        ]

    def goals(self) -> list[Goal]:
        return [*_of_answers(self), *_of_states(self)]


def soak(plan: Plan, seconds: float, found: Soaked, listener: Listener) -> None:
    """Rounds of all scenarios, each of `plan.seconds`, for so long; one whole round at least.

    A start of the whole service is none of them. What was `found` so far stands also when it is
    broken off. Raises EmbeddedError and GaveUp.
    """
    listener("starting servers")
    with rigged(is_proxied=True, hosts=plan.hosts) as rig:
        listener("trying what the machine holds")
        found.rate = held_rate(rig, plan.rate)
        began = time.monotonic()
        while not found.memory_mib or time.monotonic() - began < seconds:
            _round(rig, plan, found, began + seconds, listener)
            found.seconds = time.monotonic() - began
    found.is_whole = True


def _round(rig: Rig, plan: Plan, found: Soaked, until: float, listener: Listener) -> None:
    for scenario in plan.scenarios:
        if found.memory_mib and time.monotonic() > until:
            break
        if scenario.line is not STARTED:
            listener(f"round {len(found.memory_mib) + 1}: {scenario.name}")
            seen = once(rig, scenario, plan.seconds, found.rate)
            found.outcomes.append(Outcome(scenario, found.rate, seen, missed(scenario.line, seen)))
    found.memory_mib.append(_worker_mib(rig.workers()))


def _worker_mib(workers: Sequence[psutil.Process]) -> float:
    """What one takes, on average."""
    taken = [worker.memory_info().rss for worker in workers]
    return sum(taken) / len(taken) / 2**20 if taken else 0.0


def _of_answers(found: Soaked) -> Iterator[Goal]:
    calm, broken = found.calm(), found.broken()
    failed = [(one, sample) for one, sample in broken if sample.failure]
    # A database that is gone is told of: that is what is asked for, and is held below.
    apart = [(one, sample) for one, sample in failed if _is_refusal_for_want_of_it(one, sample)]
    shed = sum(sample.failure == SHED_KIND for _, sample in apart)
    every, all_failed = len(calm) + len(broken), failures(calm).total() + len(failed)
    yield _success(every, all_failed, len(apart), shed)
    harmed = sum(not one.scenario.line.allowed for one, _ in failed)
    yield Goal("no failure from a fault of the cache", str(harmed), harmed == 0)
    others = sum(_may_be_refused(one) and sample.failure not in REFUSALS for one, sample in failed)
    yield Goal("the database's are only 503 with Retry-After", f"{others} others", others == 0)
    late = sum(one.scenario.line.slowest_failure_seconds < sample.seconds for one, sample in apart)
    slowest = max((sample.seconds for _, sample in apart), default=0.0)
    yield Goal("and each in time", f"{late} late, the slowest {slowest:.1f} s", late == 0)


def _is_refusal_for_want_of_it(one: Outcome, sample: Sample) -> bool:
    return sample.failure in REFUSALS and _may_be_refused(one)


def _may_be_refused(one: Outcome) -> bool:
    return set(REFUSALS) <= set(one.scenario.line.allowed)


def _success(every: int, failed: int, apart: int, shed: int) -> Goal:
    share, whole = (1 - number / max(every, 1) for number in (failed - apart, failed))
    words = f"{share:.3%} of {every:,}; {whole:.2%} with the {apart:,} refused for want of it"
    words += f", {shed:,} of these since too many waited"
    what = f"success >= {SUCCESS_SHARE:.2%}, but for want of the database"
    return Goal(what, words, share >= SUCCESS_SHARE)


def _of_states(found: Soaked) -> Iterator[Goal]:
    stale = sum(one.seen.stale + one.seen.lost for one in found.outcomes)
    yield Goal("nothing stale or lost", str(stale), stale == 0)
    times = [one.seen.recovery_seconds() for one in found.outcomes]
    late = sum(seconds is None or seconds > RECOVERY_SECONDS for seconds in times)
    slow = f"{late} of {len(times)} faults"
    yield Goal(f"well within {RECOVERY_SECONDS:g} s after each fault", f"not: {slow}", late == 0)
    first, last = found.memory_mib[0], found.memory_mib[-1]
    said = " -> ".join(f"{taken:.0f}" for taken in found.memory_mib)
    is_flat = last - first <= MOST_GROWTH_MIB
    yield Goal(f"a worker grows by {MOST_GROWTH_MIB:g} MiB at most", f"{said} MiB", is_flat)
