"""Rows that set one contender against another: throughput with its bound, and the work it takes."""

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.benchmark import rounds
from scripts.benchmark.bench import Bench
from scripts.benchmark.result import Bars, Bound, Row
from scripts.benchmark.rounds import Rounds


@dataclass(frozen=True, slots=True)
class Pair:
    """What is compared for which target: the product's contender and the other, by name."""

    target: str
    what: str
    own: str
    other: str
    bound: Bound | None


def rows(bench: Bench, seen: Rounds, pair: Pair) -> Iterator[Row]:
    """Our answers a second by the other's; then server CPU, which leaves out the client."""
    how = f"{bench.settings.rounds} rounds of {bench.settings.round_seconds:g} s in turn"
    figure, spread = rounds.ratio(seen, pair.own, pair.other, rounds.per_second)
    names = (pair.own, pair.other)
    values = [(name, rounds.median(seen, name, rounds.per_second)) for name in names]
    yield Row(
        pair.target,
        f"{pair.what}: answers/s by those of {pair.other}",
        figure,
        how,
        bound=pair.bound,
        spread=spread,
        bars=Bars(
            "answers/s", values, line=values[1][1] * pair.bound.limit if pair.bound else None
        ),
    )
    figure, spread = rounds.ratio(seen, pair.other, pair.own, rounds.server_cpu)
    yield Row(
        pair.target,
        f"{pair.what}: server CPU an answer of {pair.other} by ours",
        figure,
        how,
        spread=spread,
    )
