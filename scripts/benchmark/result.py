"""What a benchmark yields: a figure with its bound, the verdict on it, and the exit code of all."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

MEASURED_ALL, MISSED_ONE, COULD_NOT_RUN = 0, 1, 2


class CannotMeasure(Exception):
    """A figure cannot be had here; the message says why."""


class Verdict(StrEnum):
    MET = "met"
    # The bound is met, and what is aimed at beyond it is not.
    SHORT = "met, short of the goal"
    MISSED = "missed"
    # There is no bound: the figure explains another one.
    TOLD = "told"
    ABSENT = "not measured"


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a figure must not go below, or with `is_ceiling` above; and what is aimed at."""

    limit: float
    goal: float | None = None
    is_ceiling: bool = False

    def admits(self, figure: float, limit: float) -> bool:
        return figure <= limit if self.is_ceiling else figure >= limit

    def text(self) -> str:
        sign = "≤" if self.is_ceiling else "≥"
        goal = "" if self.goal is None else f", goal {self.goal:g}"
        return f"{sign} {self.limit:g}{goal}"


@dataclass(frozen=True, slots=True)
class Bars:
    """What a figure was made of, to be drawn: named values of a unit, and the bound among them."""

    unit: str
    values: Sequence[tuple[str, float]]
    line: float | None = None
    # The first so many are the product's.
    ours: int = 1
    # Values of very different sizes need a logarithmic axis.
    is_logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One claim. `target` is its number in docs/performance.md; no `figure`: `how` says why."""

    target: str
    what: str
    figure: float | None
    how: str
    unit: str = "×"
    bound: Bound | None = None
    # The least and the greatest of the rounds.
    spread: tuple[float, float] | None = None
    bars: Bars | None = None

    @property
    def verdict(self) -> Verdict:
        if self.figure is None:
            return Verdict.ABSENT
        if self.bound is None:
            return Verdict.TOLD
        if not self.bound.admits(self.figure, self.bound.limit):
            return Verdict.MISSED
        if self.bound.goal is None or self.bound.admits(self.figure, self.bound.goal):
            return Verdict.MET
        return Verdict.SHORT


def absent(target: str, what: str, reason: str, bound: Bound | None = None) -> Row:
    """The row of a figure that could not be had."""
    return Row(target, what, None, reason, bound=bound)


def exit_code(rows: Iterable[Row]) -> int:
    """1 when a bound is missed; else 2 when a figure, or any figure, is not there; else 0."""
    verdicts = [row.verdict for row in rows]
    if Verdict.MISSED in verdicts:
        return MISSED_ONE
    if Verdict.ABSENT in verdicts or not verdicts:
        return COULD_NOT_RUN
    return MEASURED_ALL


def middle(values: Sequence[float]) -> tuple[float, tuple[float, float]]:
    """The median of the rounds, and their least and greatest."""
    return statistics.median(values), (min(values), max(values))
