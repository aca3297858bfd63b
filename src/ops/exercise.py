"""Random legal moves on a company of its own, to try whether the rollups keep up with them."""

import random
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from src.database import db, unit_of_work
from src.models import Application, Bookmark, Company, Job, User
from src.models.lifecycle import (
    JOB_MOVES,
    ApplicationStatus,
    JobStatus,
    candidate_moves,
    company_moves,
)
from src.utils import clock

_JOBS = 12
_BATCH = 50
_MOST_AT_ONCE = 20


def is_safe(embedded: bool) -> bool:
    """Whether the database is for development: embedded, or without any user."""
    return embedded or db.session.scalar(select(func.count()).select_from(User)) == 0


class Exercise:
    """A company, its jobs and its candidates, moved about at random from a seed."""

    def __init__(self, seed: int, people: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - repeatable, no secret
        self.moves = self.wanted = 0
        self.applications: dict[int, ApplicationStatus] = {}
        mark = secrets.token_hex(4)
        with unit_of_work() as work:
            self.company_id = work.session.scalar(
                insert(Company)
                .values(name=f"Exercise {mark}", slug=f"exercise-{mark}")
                .returning(Company.id)
            )
            self.people = self._insert(
                User,
                [
                    {
                        "email": f"exercise-{mark}-{number}@example.invalid",
                        "role": "candidate",
                        "first_name": "Ex",
                        "last_name": f"Ercise{number}",
                    }
                    for number in range(people)
                ],
            )
            rows = [{"company_id": self.company_id} | _posting(number) for number in range(_JOBS)]
            self.jobs = dict.fromkeys(self._insert(Job, rows), JobStatus.DRAFT)

    def run(self, moves: int) -> int:
        """Make so many transitions of applications, and what happens beside them; their number."""
        acts: list[Callable[[], None]] = [
            *[self._apply] * 6,
            *[self._move] * 20,
            *[self._move_many] * 2,
            *[self._bookmark] * 3,
            *[self._move_job] * 2,
            self._delete,
            self._change_company,
        ]
        self.wanted = moves
        while self.moves < moves:
            with unit_of_work():
                for _ in range(_BATCH):
                    if self.moves < moves:
                        self.dice.choice(acts)()
        return self.moves

    def _insert(self, model: Any, rows: list[dict[str, Any]]) -> list[int]:
        return list(db.session.scalars(insert(model).returning(model.id), rows))

    def _apply(self) -> None:
        job_id, person = self.dice.choice(list(self.jobs)), self.dice.choice(self.people)
        taken = select(Application.id).where(
            Application.job_id == job_id, Application.candidate_id == person
        )
        if db.session.scalar(taken) is None:
            back = timedelta(hours=self.dice.randrange(24 * 90))
            row = {"job_id": job_id, "company_id": self.company_id, "candidate_id": person}
            made = self._insert(Application, [row | {"submitted_at": clock.now() - back}])
            self.applications[made[0]] = ApplicationStatus.SUBMITTED

    def _move(self) -> None:
        if self.applications:
            chosen = self.dice.choice(list(self.applications))
            legal = _legal(self.applications[chosen])
            if legal:
                self._set([chosen], self.dice.choice(legal))

    def _move_many(self) -> None:
        to = self.dice.choice(list(ApplicationStatus))
        able = [key for key, status in self.applications.items() if to in _legal(status)]
        room = min(len(able), _MOST_AT_ONCE, self.wanted - self.moves)
        if room:
            self._set(self.dice.sample(able, room), to)

    def _set(self, ids: list[int], to: ApplicationStatus) -> None:
        db.session.execute(
            update(Application)
            .where(Application.id.in_(ids))
            .values(status=to)
            .execution_options(synchronize_session=False)
        )
        self.applications |= dict.fromkeys(ids, to)
        self.moves += len(ids)

    def _bookmark(self) -> None:
        job_id, person = self.dice.choice(list(self.jobs)), self.dice.choice(self.people)
        kept = (Bookmark.job_id == job_id, Bookmark.user_id == person)
        if db.session.scalar(select(Bookmark.job_id).where(*kept)) is None:
            db.session.execute(insert(Bookmark).values(job_id=job_id, user_id=person))
        else:
            db.session.execute(delete(Bookmark).where(*kept))

    def _move_job(self) -> None:
        job_id = self.dice.choice(list(self.jobs))
        # Archived ones would end the game.
        legal = [to for to in JOB_MOVES[self.jobs[job_id]] if to != JobStatus.ARCHIVED]
        to = self.jobs[job_id] = self.dice.choice(legal)
        now = clock.now()
        dates = {"published_at": now, "expires_at": now + timedelta(days=30)}
        self._update(Job, job_id, {"status": to} | (dates if to == JobStatus.PUBLISHED else {}))

    def _delete(self) -> None:
        if self.applications:
            gone = self.dice.choice(list(self.applications))
            del self.applications[gone]
            db.session.execute(delete(Application).where(Application.id == gone))

    def _change_company(self) -> None:
        status = self.dice.choice(["active", "active", "suspended"])
        name = f"Exercise {self.dice.randrange(10**6)}"
        self._update(Company, self.company_id, {"status": status, "name": name})

    def _update(self, model: Any, key: int | None, values: dict[str, Any]) -> None:
        db.session.execute(
            update(model)
            .where(model.id == key)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _legal(status: ApplicationStatus) -> list[ApplicationStatus]:
    return [*company_moves(status), *candidate_moves(status)]


def _posting(number: int) -> dict[str, Any]:
    return {"title": f"Exercise job {number}", "description": "<p>Moves about.</p>"}
