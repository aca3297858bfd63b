"""Contenders under load in turn, again and again: what disturbs one disturbs all of them."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scripts.benchmark import load, servers
from scripts.benchmark.bench import Bench, Measured
from scripts.benchmark.client import Load, Request
from scripts.benchmark.result import CannotMeasure, middle
from scripts.benchmark.seen import Seen
from scripts.benchmark.servers import Server

WARM_SECONDS = 1.0
# A server that fails more often than this is not measured but broken.
MOST_ERRORS = 0.001
Figure = Callable[[Measured], float]


@dataclass(frozen=True, slots=True)
class Contender:
    """A server with what it is asked, and the mark in the head of answers that are counted."""

    server: Server
    requests: Sequence[Request]
    mark: str = ""

    @property
    def name(self) -> str:
        return self.server.name


Rounds = dict[str, list[Measured]]


def run(bench: Bench, contenders: Sequence[Contender]) -> Rounds:
    """Load each contender in each round: A B C A B C …, after a warm-up of each.

    Raises CannotMeasure when one does not answer as it must.
    """
    for contender in contenders:
        bench.step(f"warming up {contender.name}")
        servers.settle(contender.server)
        load.put(bench.settings, _load(bench, contender, WARM_SECONDS))
    rounds: Rounds = {contender.name: [] for contender in contenders}
    for number in range(bench.settings.rounds):
        for contender in contenders:
            bench.step(f"round {number + 1} of {bench.settings.rounds}: {contender.name}")
            rounds[contender.name].append(_measure(bench, contender))
    bench.measured += [_medians(name, seen) for name, seen in rounds.items()]
    return rounds


def per_second(measured: Measured) -> float:
    return measured.seen.per_second


def server_cpu(measured: Measured) -> float:
    return measured.server_cpu_us


def ratio(
    rounds: Rounds, name: str, other: str, figure: Figure
) -> tuple[float, tuple[float, float]]:
    """The median over the rounds of one contender's figure by the other's, and its spread."""
    pairs = zip(rounds[name], rounds[other], strict=True)
    return middle([figure(own) / figure(others) for own, others in pairs])


def median(rounds: Rounds, name: str, figure: Figure) -> float:
    """The median over the rounds of a contender's figure."""
    return statistics.median(figure(measured) for measured in rounds[name])


def fastest(rounds: Rounds, names: Sequence[str]) -> str:
    """The contender of the greatest median throughput."""
    return max(names, key=lambda name: median(rounds, name, per_second))


def marked_share(rounds: Rounds, name: str) -> float | None:
    """The share of marked answers among all of a contender's; None where nobody looked."""
    seen = [measured.seen for measured in rounds[name]]
    if any(one.marked is None for one in seen):
        return None
    return sum(one.marked or 0 for one in seen) / sum(one.answers + one.errors for one in seen)


def _load(bench: Bench, contender: Contender, seconds: float) -> Load:
    return Load(
        contender.server.port,
        list(contender.requests),
        bench.settings.connections,
        seconds,
        contender.mark,
    )


def _measure(bench: Bench, contender: Contender) -> Measured:
    before = contender.server.cpu_seconds()
    seen = load.put(bench.settings, _load(bench, contender, bench.settings.round_seconds))
    taken = contender.server.cpu_seconds() - before
    if seen.errors > MOST_ERRORS * seen.answers:
        counts = f"{seen.errors} errors beside {seen.answers} answers"
        raise CannotMeasure(f"{contender.name}: {counts} {seen.last_wrong}".rstrip())
    return Measured(contender.name, seen, taken / seen.answers * 1e6)


def _medians(name: str, rounds: Sequence[Measured]) -> Measured:
    """Counts are summed up, all else is a median."""
    seen = [measured.seen for measured in rounds]
    middle_seen = Seen(
        per_second=statistics.median(one.per_second for one in seen),
        p50_ms=statistics.median(one.p50_ms for one in seen),
        p95_ms=_median_of(one.p95_ms for one in seen),
        p99_ms=statistics.median(one.p99_ms for one in seen),
        answers=sum(one.answers for one in seen),
        errors=sum(one.errors for one in seen),
        marked=sum(one.marked or 0 for one in seen),
        client_busy=_median_of(one.client_busy for one in seen),
    )
    return Measured(name, middle_seen, statistics.median(one.server_cpu_us for one in rounds))


def _median_of(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None
