"""The frame of all jobs: whose each is, when it was public, and where it stands."""

import random
from array import array
from dataclasses import dataclass

from src.ops.seed.companies import Firm
from src.ops.seed.plan import DAY_SECONDS, Plan

STATES = ("published", "draft", "paused", "closed", "expired", "archived")
LIVE, DRAFT, PAUSED, CLOSED, EXPIRED, ARCHIVED = range(6)
# Jobs stand nearly in the order of their publication: most within hours, a few anywhere.
JITTER_SECONDS = 8 * 3600
MISPLACED = 0.03
# Of a hundred jobs, those that take applications here rather than on the company's own pages.
TAKES_APPLICATIONS = 0.85
EXPIRED_AFTER_DAYS = 30
# States that a job reaches so many days after its publication only.
_LONG_AGO = {EXPIRED: EXPIRED_AFTER_DAYS, ARCHIVED: 10}


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns of all jobs, by their place. Times are seconds since 1970.

    `opened` is the publication (of a draft: when it was written), `ended` when it stopped taking
    applications, `until` for a live one.
    """

    firms: "array[int]"
    opened: "array[int]"
    ended: "array[int]"
    states: bytes
    takes: bytes
    # How many apply for each: src/ops/seed/pairs.py.
    applied: "array[int]"

    def cut(self, start: int, end: int) -> "Frame":
        """The jobs from one place to before another."""
        return Frame(
            self.firms[start:end], self.opened[start:end], self.ended[start:end],
            self.states[start:end], self.takes[start:end], self.applied[start:end],
        )  # fmt: skip


def make(plan: Plan, firms: list[Firm]) -> Frame:
    """The frame of the plan's jobs."""
    dice = plan.dice("frame")
    owners = [place for place, firm in enumerate(firms) for _ in range(firm.jobs)]
    dice.shuffle(owners)
    states = [
        STATES.index(state) for state, count in plan.states.items() for _ in range(count)
    ]  # fmt: skip
    dice.shuffle(states)
    opened = array("q", (_opened(plan, dice, place, state) for place, state in enumerate(states)))
    ended = array(
        "q",
        (_ended(plan, dice, start, state) for start, state in zip(opened, states, strict=True)),
    )
    # The first firm's dashboard is measured by its applications: none of them goes elsewhere.
    takes = bytes(owner == 0 or dice.random() < TAKES_APPLICATIONS for owner in owners)
    none = array("I", bytes(4 * len(owners)))
    return Frame(array("I", owners), opened, ended, bytes(states), takes, none)


def _opened(plan: Plan, dice: random.Random, place: int, state: int) -> int:
    span = plan.until - plan.since
    if state == DRAFT:
        return plan.until - dice.randrange(60, 20 * DAY_SECONDS)
    if state in _LONG_AGO:
        return plan.since + dice.randrange(span - _LONG_AGO[state] * DAY_SECONDS)
    if dice.random() < MISPLACED:
        return plan.since + dice.randrange(span - 60)
    due = plan.since + span * (place + dice.random()) / plan.jobs
    return int(max(plan.since, min(plan.until - 60, dice.gauss(due, JITTER_SECONDS))))


def _ended(plan: Plan, dice: random.Random, opened: int, state: int) -> int:
    if state == DRAFT:
        return opened
    if state == EXPIRED:
        return opened + EXPIRED_AFTER_DAYS * DAY_SECONDS
    if state == LIVE:
        return plan.until
    # An archived one was closed a day before.
    latest = plan.until - (DAY_SECONDS if state == ARCHIVED else 0)
    most = min(latest - opened, 45 * DAY_SECONDS)
    return opened + int(most * dice.uniform(0.2, 1.0)) + 1
