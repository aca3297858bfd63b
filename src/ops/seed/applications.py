"""Made-up applications, a chunk at a time: how each went, with notes and interviews."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from src.models.lifecycle import ApplicationStatus
from src.models.vocabulary import InterviewMode, InterviewStatus
from src.ops import demo_phrases as phrases
from src.ops.seed import history, texts
from src.ops.seed.history import Move
from src.ops.seed.pairs import Pairs
from src.ops.seed.people import writers
from src.ops.seed.plan import moment
from src.ops.seed.world import World
from src.utils import copy_text

CHUNK = 10_000
_A = ApplicationStatus
_HAS_LETTER, _HAS_RESUME, _HAS_SOURCE = 0.7, 0.9, 0.85
_IS_RATED, _HAS_NOTE, _IS_PLANNED = 0.6, 0.12, 0.7
_STARS, _STAR_SHARES = (1, 2, 3, 4, 5), (5, 15, 35, 30, 15)
_NOTED = (_A.UNDER_REVIEW, _A.SHORTLISTED, _A.INTERVIEWED)
_MODES = [mode.value for mode in InterviewMode]

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Applications that follow each other; the place of each one's firm beside them."""

    number: int
    start: int
    pairs: Pairs
    firms: tuple[int, ...]


def make(world: World, chunk: Chunk) -> dict[str, str]:
    """Rows of APPLICATIONS, MOVES, NOTES and INTERVIEWS."""
    dice = world.plan.dice("applications", chunk.number)
    rows: dict[str, list[Row]] = {
        "applications": [], "moves": [], "notes": [], "interviews": [],
    }  # fmt: skip
    for offset, at in enumerate(chunk.pairs.at):
        application_id = world.ids.applications + chunk.start + offset
        candidate_id = world.crowd.candidate + chunk.pairs.candidates[offset]
        place = chunk.firms[offset]
        staff = writers(world.firms[place], world.crowd.owners[place])
        moves = history.walk(dice, (at, world.plan.until), candidate_id, staff)
        job_id, company_id = world.ids.jobs + chunk.pairs.jobs[offset], world.ids.companies + place
        ids = (application_id, job_id, company_id, candidate_id)
        rows["applications"].append((*ids, *_told(world, dice, place, at, moves)))
        rows["moves"] += _logged(ids, at, moves)
        rows["notes"] += _notes(dice, application_id, moves)
        rows["interviews"] += _interviews(world, dice, application_id, moves)
    return {table: "".join(map(copy_text.line, lines)) for table, lines in rows.items()}


def _told(world: World, dice: random.Random, place: int, at: int, moves: list[Move]) -> Row:
    """The columns behind the ids: where it stands, what was sent in, and what follows from that."""
    firm = world.firms[place]
    last = moves[-1] if moves else Move(_A.SUBMITTED, at, None, None)
    answered = next((move.at for move in moves if move.to != _A.WITHDRAWN), None)
    hired = last.at if last.to == _A.HIRED else None
    rating = dice.choices(_STARS, _STAR_SHARES)[0] if dice.random() < _IS_RATED else None
    letter = texts.letter(dice, firm.trades[0]) if dice.random() < _HAS_LETTER else None
    resume = f"https://resumes.example/{dice.getrandbits(48):x}.pdf"
    return (
        last.to.value, last.by_id, last.reason, moment(last.at), letter,
        resume if dice.random() < _HAS_RESUME else None,
        dice.choice(phrases.SOURCES) if dice.random() < _HAS_SOURCE else None,
        rating if answered else None, moment(at), history.furthest_stage(moves),
        moment(answered) if answered else None, moment(hired) if hired else None,
        moment(last.at), 1 + len(moves),
    )  # fmt: skip


def _logged(ids: tuple[int, int, int, int], at: int, moves: list[Move]) -> Iterator[Row]:
    """Every status it took, the first one too, as the log keeps them."""
    application_id, _, company_id, candidate_id = ids
    first = Move(_A.SUBMITTED, at, candidate_id, None)
    before = None
    for move in (first, *moves):
        yield (
            application_id, company_id, before, move.to.value, moment(move.at), move.by_id,
            move.reason,
        )  # fmt: skip
        before = move.to.value


def _notes(dice: random.Random, application_id: int, moves: list[Move]) -> Iterator[Row]:
    for move in moves:
        if move.to in _NOTED and dice.random() < _HAS_NOTE:
            yield application_id, move.by_id, dice.choice(phrases.NOTES), moment(move.at)


def _interviews(
    world: World, dice: random.Random, application_id: int, moves: list[Move]
) -> Iterator[Row]:
    """One before each step to `interviewed`, and one to come for most who are shortlisted."""
    for place, move in enumerate(moves):
        is_last = place == len(moves) - 1
        is_planned = move.to == _A.SHORTLISTED and is_last and dice.random() < _IS_PLANNED
        if not is_planned and move.to != _A.INTERVIEWED:
            continue
        starts = world.plan.until + dice.randint(4, 240) * 3600 if is_planned else move.at - 7200
        status = InterviewStatus.SCHEDULED if is_planned else InterviewStatus.COMPLETED
        ends = starts + dice.choice((30, 45, 60)) * 60
        yield (
            application_id, moment(starts), moment(ends), dice.choice(_MODES), status.value,
            move.by_id, moment(move.at if is_planned else starts - 600),
        )  # fmt: skip
