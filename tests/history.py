"""A company's past at random, from a seed: jobs, applications and their moves, days of views."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from src.database import db
from src.models import Application, Company
from src.models.lifecycle import ApplicationStatus, candidate_moves, company_moves
from src.services import view as view_service
from src.utils import clock
from tests.factories import make_application, make_company, make_job, make_user

_JOBS = ("published", "published", "published", "draft", "paused", "closed", "expired", "archived")


def make_history(seed: int, jobs: int = 8, applications: int = 30) -> Company:
    """A company with jobs in every status, and applications moved legally over 60 days."""
    dice = random.Random(seed)
    company = make_company()
    posted = [make_job(company, _JOBS[n % len(_JOBS)], **_dates(dice)) for n in range(jobs)]
    for job in posted:
        for _ in range(dice.randrange(6)):
            view_service.seen(job.id)
    view_service.flush()
    people = [make_user() for _ in range(applications)]
    for person in people:
        _live_through(make_application(dice.choice(posted), person, **_submitted(dice)), dice)
    db.session.flush()
    return company


def rows(model: Any, company: Company) -> list[Any]:
    """Every row of the company, as the database has it now."""
    db.session.expire_all()
    return list(db.session.scalars(select(model).where(model.company_id == company.id)))


def moves(application: Application) -> list[ApplicationStatus]:
    """What may happen to the application next, at anybody's hand."""
    status = ApplicationStatus(application.status)
    return [*company_moves(status), *candidate_moves(status)]


def _dates(dice: random.Random) -> dict[str, Any]:
    started = clock.now() - timedelta(days=20, hours=dice.randrange(24))
    return {"published_at": started, "expires_at": started + timedelta(days=dice.randrange(10, 60))}


def _submitted(dice: random.Random) -> dict[str, Any]:
    return {"submitted_at": clock.now() - timedelta(hours=dice.randrange(1, 60 * 24))}


def _live_through(application: Application, dice: random.Random) -> None:
    at = application.submitted_at
    for _ in range(dice.randrange(6)):
        legal = moves(application)
        if not legal:
            return
        at += timedelta(minutes=dice.randrange(1, 5000))
        application.status, application.status_changed_at = dice.choice(legal), at
        db.session.flush()
