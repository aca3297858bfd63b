"""Scenarios one after another: a baseline, the fault, and what comes after it."""

import itertools
import math
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

import psutil

from scripts.cache_hunt.faults import drive
from scripts.chaos import cache_faults
from scripts.chaos.load import Load
from scripts.chaos.rig import Rig, rigged
from scripts.chaos.samples import Sample, Samples, failures, times_ms
from scripts.chaos.scenarios import Scenario
from scripts.chaos.verdict import Seen, missed

# Of a scenario's time: before the fault and while it lasts; the rest comes after it.
BASELINE_SHARE, FAULT_SHARE = 0.3, 0.4
TRIAL_SECONDS = 4.0
# A machine that is slower than that, or refuses some, does not hold the rate.
HELD_P95_MS = 150.0
# What queued up in a second is gone within the two of a recovery only where a third is left over.
BUSIEST = 2 / 3
SLOWER_SHARE, LEAST_RATE, WARMING_RATE = 0.7, 10.0, 50.0
Listener = Callable[[str], None]


class NotHeld(Exception):
    """The machine is too slow for the rate, or has got other work, before anything is broken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds` of each scenario; `rate` is the requests a second that are asked for.

    The instances stand on so many `hosts`: two share nothing but their servers.
    """

    scenarios: Sequence[Scenario]
    seconds: float
    rate: float
    hosts: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen at which rate, and in what the pass line was missed."""

    scenario: Scenario
    rate: float
    seen: Seen
    missed: list[str]


def run(plan: Plan, outcomes: list[Outcome], listener: Listener) -> None:
    """All of them, those with proxied ways on servers of their own.

    The outcomes so far stand also when it is broken off.
    Raises EmbeddedError when a server does not start, GaveUp when the world cannot be made.
    """
    ordered = sorted(plan.scenarios, key=lambda each: each.is_proxied)
    for is_proxied, group in itertools.groupby(ordered, key=lambda each: each.is_proxied):
        listener("starting servers")
        with rigged(is_proxied=is_proxied, hosts=plan.hosts) as rig:
            listener("trying what the machine holds")
            held = rate = held_rate(rig, plan.rate)
            for scenario in group:
                listener(scenario.name)
                # What else the machine had to do may be done.
                rate = min(held, rate / SLOWER_SHARE)
                rate, seen = _try(rig, scenario, plan.seconds, rate)
                outcomes.append(Outcome(scenario, rate, seen, missed(scenario.line, seen)))


def held_rate(rig: Rig, asked: float) -> float:
    """The rate that is asked for, or less of it until it is held, even without any cache.

    Else a fault would only show that there is too much to do: of the cache, or once a queue has
    grown. What the warming asks for is tried by each scenario's own baseline.
    """
    # The first requests warm what a service at work has warm.
    _tried(rig, min(asked, WARMING_RATE))
    if asked <= WARMING_RATE:
        return asked
    rate = asked
    with closing(cache_faults.killed(rig)) as steps:
        next(steps)
        while not _tried(rig, rate).is_held and rate * SLOWER_SHARE >= LEAST_RATE:
            rate *= SLOWER_SHARE
    return rate


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rate took, and the share of all processors that was busy."""

    taken: Sequence[Sample]
    busy: float

    @property
    def is_held(self) -> bool:
        return _is_held(self.taken) and self.busy <= BUSIEST


def _is_held(taken: Sequence[Sample]) -> bool:
    return not failures(taken) and times_ms(taken).get("p95", math.inf) <= HELD_P95_MS


def _tried(rig: Rig, rate: float) -> Trial:
    psutil.cpu_percent()
    with Load(rig.servers.ports, rig.world, rig.reads, rate) as load:
        time.sleep(TRIAL_SECONDS)
        busy = psutil.cpu_percent() / 100
    return Trial(load.samples.taken, busy)


def _try(rig: Rig, scenario: Scenario, seconds: float, rate: float) -> tuple[float, Seen]:
    """At the rate, or at less of it when its own baseline is not held: the machine has other work.

    The rate at which it was tried, and what was seen.
    """
    while rate * SLOWER_SHARE >= LEAST_RATE:
        with suppress(NotHeld):
            return rate, once(rig, scenario, seconds, rate, must_hold=True)
        rate *= SLOWER_SHARE
    return rate, once(rig, scenario, seconds, rate)


def once(
    rig: Rig, scenario: Scenario, seconds: float, rate: float, *, must_hold: bool = False
) -> Seen:
    """Load, break, mend, and see. Raises NotHeld before it breaks anything, if that is asked."""
    with Load(rig.servers.ports, rig.world, rig.reads, rate) as load:
        started = time.monotonic()
        time.sleep(seconds * BASELINE_SHARE)
        broken_at = time.monotonic()
        if must_hold and not _is_held(load.samples.taken):
            raise NotHeld
        rig.forget()
        ended_at = _break(rig, scenario, broken_at + seconds * FAULT_SHARE)
        time.sleep(seconds * (1 - BASELINE_SHARE - FAULT_SHARE))
        over_at = time.monotonic()
    return _seen(rig, load.samples, (started, broken_at, ended_at, over_at))


def _break(rig: Rig, scenario: Scenario, until: float) -> float:
    """When all was put right again."""
    with closing(scenario.fault(rig)) as steps:
        drive(steps, lambda: time.monotonic() >= until)
    return time.monotonic()


def _seen(rig: Rig, samples: Samples, moments: tuple[float, float, float, float]) -> Seen:
    started, broken_at, ended_at, over_at = moments
    before = samples.span(started, broken_at)
    # What was not answered when the fault came was harmed by it.
    baseline = [one for one in before if one.due + one.seconds < broken_at]
    caught = [one for one in before if one.due + one.seconds >= broken_at]
    return Seen(
        baseline, caught + samples.span(broken_at, ended_at), samples.span(ended_at, over_at),
        ended_at, len(samples.stale), len(rig.lost()), rig.kills, samples.examples, rig.notes,
        rig.wrongs, rig.whole,
    )  # fmt: skip
