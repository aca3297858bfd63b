"""How an application goes through the pipeline, by the odds of the demo data."""

import random
from dataclasses import dataclass

from src.models.lifecycle import STAGES, ApplicationStatus
from src.ops import demo_phrases as phrases
from src.ops.demo_applications import NEXT, PACE

_A = ApplicationStatus
_HAS_REASON = 0.6
_SECONDS_A_STEP = tuple(hours * 3600 for hours in PACE)
# What follows a status, None for staying, and in how many of a hundred cases.
_WAYS = {
    status: ((*ways, None), (*ways.values(), 100 - sum(ways.values())))
    for status, ways in NEXT.items()
}
_STAGE = {status: place for place, status in enumerate(STAGES)}


@dataclass(frozen=True, slots=True)
class Move:
    """One step: to which status, when in seconds, by whom, and why."""

    to: ApplicationStatus
    at: int
    by_id: int | None
    reason: str | None


def walk(dice: random.Random, span: tuple[int, int], candidate_id: int, staff: range) -> list[Move]:
    """The moves of an application from the beginning of the span to its end; all of them legal."""
    at, until = span
    moves: list[Move] = []
    status = _A.SUBMITTED
    while ways := _WAYS.get(status):
        at += dice.randint(*_SECONDS_A_STEP)
        to = dice.choices(*ways)[0]
        if to is None or at > until:
            break
        is_own = to == _A.WITHDRAWN
        reasons = phrases.WITHDRAWN if is_own else phrases.REJECTED if to == _A.REJECTED else None
        reason = dice.choice(reasons) if reasons and dice.random() < _HAS_REASON else None
        moves.append(Move(to, at, candidate_id if is_own else dice.choice(staff), reason))
        status = to
    return moves


def furthest_stage(moves: list[Move]) -> int:
    """The furthest stage that was reached, whatever came of it then."""
    return max((_STAGE.get(move.to, 0) for move in moves), default=0)
