"""Who applies for which job and when, and who keeps which; nobody twice for the same."""

import random
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from src.ops.seed import frame
from src.ops.seed.frame import Frame
from src.ops.seed.plan import Plan

# Some jobs draw many, and some people apply often.
_DRAW = 1.6
_EAGER = 1.7


@dataclass(frozen=True, slots=True)
class Pairs:
    """Columns, in the order of time: the places of jobs and of candidates, and seconds."""

    jobs: "array[int]"
    candidates: "array[int]"
    at: "array[int]"

    def cut(self, start: int, end: int) -> "Pairs":
        """The pairs from one place to before another."""
        return Pairs(self.jobs[start:end], self.candidates[start:end], self.at[start:end])


def applications(plan: Plan, jobs: Frame) -> Pairs:
    """The plan's applications; counts them in the frame."""
    dice = plan.dice("applications")
    public = [
        place for place, state in enumerate(jobs.states)
        if state != frame.DRAFT and jobs.takes[place]
    ]  # fmt: skip
    showcase = [place for place in public if jobs.firms[place] == 0]
    others = [place for place in public if jobs.firms[place] != 0]
    used = _meet(plan, dice, jobs, showcase, plan.showcase_applications)
    used |= _meet(plan, dice, jobs, others, plan.applications - plan.showcase_applications)
    made = _in_time(plan, dice, jobs, used)
    for place in made.jobs:
        jobs.applied[place] += 1
    return made


def bookmarks(plan: Plan, jobs: Frame) -> Pairs:
    """The plan's bookmarks."""
    dice = plan.dice("bookmarks")
    public = [place for place, state in enumerate(jobs.states) if state != frame.DRAFT]
    return _in_time(plan, dice, jobs, _meet(plan, dice, jobs, public, plan.bookmarks))


def _meet(
    plan: Plan, dice: random.Random, jobs: Frame, wanted: Sequence[int], count: int
) -> set[int]:
    """So many different pairs, each one number: the place of the job, then of the candidate."""
    draw = list(accumulate(
        dice.paretovariate(_DRAW) * (jobs.ended[place] - jobs.opened[place]) for place in wanted
    ))  # fmt: skip
    used: set[int] = set()
    while len(used) < count:
        for place in dice.choices(wanted, cum_weights=draw, k=count - len(used)):
            used.add(place * plan.candidates + int(plan.candidates * dice.random() ** _EAGER))
    return used


def _in_time(plan: Plan, dice: random.Random, jobs: Frame, used: set[int]) -> Pairs:
    """A moment for each pair while the job was open, most of them soon after it opened."""
    rows = []
    for pair in sorted(used):
        place, candidate = divmod(pair, plan.candidates)
        span = jobs.ended[place] - jobs.opened[place]
        rows.append((jobs.opened[place] + int(span * dice.random() ** 2), place, candidate))
    rows.sort()
    at, places, candidates = zip(*rows, strict=True) if rows else ((), (), ())
    return Pairs(array("I", places), array("I", candidates), array("q", at))
