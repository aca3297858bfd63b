"""Demo applications: who applied for what, and how each went through the pipeline."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from src.models import Application, Interview, Note
from src.models.lifecycle import ApplicationStatus
from src.models.vocabulary import InterviewMode, InterviewStatus
from src.ops import demo_phrases as phrases
from src.ops.demo_jobs import Posting
from src.ops.demo_world import World

APPLICATIONS = 2_000
OF_THE_CANDIDATE = 7
_A = ApplicationStatus
# What follows a status, in how many of a hundred cases; in the others it stays for now.
NEXT = {
    _A.SUBMITTED: {_A.UNDER_REVIEW: 70, _A.SHORTLISTED: 5, _A.REJECTED: 12, _A.WITHDRAWN: 3},
    _A.UNDER_REVIEW: {_A.SHORTLISTED: 48, _A.INTERVIEWED: 3, _A.REJECTED: 34, _A.WITHDRAWN: 4},
    _A.SHORTLISTED: {
        _A.INTERVIEWED: 62, _A.UNDER_REVIEW: 2, _A.REJECTED: 20, _A.WITHDRAWN: 5,
    },
    _A.INTERVIEWED: {_A.OFFERED: 40, _A.SHORTLISTED: 2, _A.REJECTED: 38, _A.WITHDRAWN: 6},
    _A.OFFERED: {_A.HIRED: 64, _A.REJECTED: 4, _A.WITHDRAWN: 14},
    _A.REJECTED: {_A.UNDER_REVIEW: 2},
}  # fmt: skip
# Hours that a step takes, at least and at most.
PACE = (3, 190)
# Every application's n-th move in one statement: the triggers write log and rollups.
MOVE = text("""
UPDATE applications a
SET status = m.status, status_changed_at = m.at, status_changed_by_id = m.by_id,
    status_reason = m.reason
FROM unnest(CAST(:ids AS bigint[]), CAST(:statuses AS text[]), CAST(:moments AS timestamptz[]),
            CAST(:movers AS bigint[]), CAST(:reasons AS text[]))
  AS m (id, status, at, by_id, reason)
WHERE a.id = m.id
""")


@dataclass(frozen=True, slots=True)
class Move:
    """One step of an application."""

    to: ApplicationStatus
    at: datetime
    by_id: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """An application and everything that will become of it."""

    posting: Posting
    candidate_id: int
    at: datetime
    moves: list[Move]


def make(world: World, postings: list[Posting], candidates: list[int]) -> list[Sent]:
    """Every application, walked to where it stands; the first candidate has a few."""
    sent = [_sent(world, *pair) for pair in _pairs(world, postings, candidates)]
    sent.sort(key=lambda application: application.at)
    ids = world.insert(Application, [_row(world, application) for application in sent])
    for step in range(max(len(application.moves) for application in sent)):
        _move(world, {
            application_id: application.moves[step]
            for application_id, application in zip(ids, sent, strict=True)
            if step < len(application.moves)
        })  # fmt: skip
    told = list(zip(ids, sent, strict=True))
    world.add(Note, [row for pair in told for row in _notes(world, *pair)])
    world.add(Interview, [row for pair in told for row in _interviews(world, *pair)])
    return sent


def _pairs(
    world: World, postings: list[Posting], candidates: list[int]
) -> Iterator[tuple[Posting, int]]:
    """Who applies for what: nobody twice for the same, and some jobs draw many."""
    wanted = [p for p in postings if p.takes_applications and p.ended_at > world.ago(60)]
    draw = [world.dice.paretovariate(1.6) * (1.0 if p.is_live else 2.5) for p in wanted]
    used = {
        (posting.job_id, candidates[0]): posting
        for posting in world.dice.sample(wanted, OF_THE_CANDIDATE)
    }
    while len(used) < APPLICATIONS:
        posting = world.dice.choices(wanted, draw)[0]
        used.setdefault((posting.job_id, world.dice.choice(candidates[1:])), posting)
    for (_, candidate_id), posting in used.items():
        yield posting, candidate_id


def _sent(world: World, posting: Posting, candidate_id: int) -> Sent:
    at = world.between(max(posting.opened_at, world.ago(60)), posting.ended_at)
    moves: list[Move] = []
    status, moment = _A.SUBMITTED, at
    while ways := NEXT.get(status):
        moment += timedelta(hours=world.dice.uniform(*PACE))
        stays = 100 - sum(ways.values())
        to = world.dice.choices([*ways, None], [*ways.values(), stays])[0]
        if to is None or moment > world.now:
            break
        is_own = to == _A.WITHDRAWN
        by_id = candidate_id if is_own else world.dice.choice(posting.employer.writers)
        reasons = phrases.WITHDRAWN if is_own else phrases.REJECTED if to == _A.REJECTED else None
        reason = world.dice.choice(reasons) if reasons and world.chance(0.6) else None
        moves.append(Move(to, moment, by_id, reason))
        status = to
    return Sent(posting, candidate_id, at, moves)


def _row(world: World, sent: Sent) -> dict[str, Any]:
    posting, dice = sent.posting, world.dice
    was_read = any(move.to != _A.WITHDRAWN for move in sent.moves)
    letter = dice.choice(phrases.LETTERS).format(
        company=posting.employer.firm.name, title=posting.title, skill=dice.choice(posting.skills)
    )
    resume = f"https://resumes.example/{sent.candidate_id}.pdf"
    return {
        "job_id": posting.job_id, "company_id": posting.employer.company_id,
        "candidate_id": sent.candidate_id, "submitted_at": sent.at, "status_changed_at": sent.at,
        "cover_letter": letter if world.chance(0.8) else None,
        "resume_url": resume if world.chance(0.9) else None,
        "source": dice.choice(phrases.SOURCES) if world.chance(0.85) else None,
        "rating": dice.choices((1, 2, 3, 4, 5), (5, 15, 35, 30, 15))[0]
        if was_read and world.chance(0.6) else None,
    }  # fmt: skip


def _move(world: World, moves: dict[int, Move]) -> None:
    world.session.execute(MOVE, {
        "ids": list(moves),
        "statuses": [move.to.value for move in moves.values()],
        "moments": [move.at for move in moves.values()],
        "movers": [move.by_id for move in moves.values()],
        "reasons": [move.reason for move in moves.values()],
    })  # fmt: skip


def _notes(world: World, application_id: int, sent: Sent) -> Iterator[dict[str, Any]]:
    for move in sent.moves:
        if move.to in (_A.UNDER_REVIEW, _A.SHORTLISTED, _A.INTERVIEWED) and world.chance(0.2):
            yield {
                "application_id": application_id, "author_id": move.by_id,
                "body": world.dice.choice(phrases.NOTES), "created_at": move.at,
            }  # fmt: skip


def _interviews(world: World, application_id: int, sent: Sent) -> Iterator[dict[str, Any]]:
    """One before every step to `interviewed`, and one to come for some of the shortlisted."""
    for place, move in enumerate(sent.moves):
        is_last = place == len(sent.moves) - 1
        is_planned = move.to == _A.SHORTLISTED and is_last and world.chance(0.7)
        if move.to != _A.INTERVIEWED and not is_planned:
            continue
        mode = world.dice.choice(list(InterviewMode))
        starts_at = world.now + timedelta(hours=world.dice.randint(4, 240))
        if not is_planned:
            starts_at = move.at - timedelta(hours=2)
        status = InterviewStatus.SCHEDULED if is_planned else InterviewStatus.COMPLETED
        place_of = sent.posting.employer.firm.name if mode == InterviewMode.ONSITE else None
        yield {
            "application_id": application_id, "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=world.dice.choice((30, 45, 60))),
            "mode": mode.value, "location": place_of, "status": status.value,
            "created_by_id": move.by_id,
            "created_at": move.at if is_planned else max(sent.at, move.at - timedelta(days=3)),
        }  # fmt: skip
