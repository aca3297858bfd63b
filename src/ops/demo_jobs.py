"""Demo jobs: postings of many trades, moved through their states as in life."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from src.models import Category, Job
from src.models.lifecycle import JobStatus
from src.models.vocabulary import ApplyBy, EmploymentType, ExperienceLevel
from src.ops import demo_phrases as phrases
from src.ops.demo_companies import Employer
from src.ops.demo_places import CITIES, PAY
from src.ops.demo_words import TRADES, Trade
from src.ops.demo_world import World
from src.utils.text import slugify

_S, _L, _E = JobStatus, ExperienceLevel, EmploymentType
# How many jobs stand where; the rest are published.
ELSEWHERE = {_S.DRAFT: 20, _S.PAUSED: 15, _S.CLOSED: 25, _S.EXPIRED: 12, _S.ARCHIVED: 8}
# How often a level is asked for, what it adds to a title, and to the pay.
LEVELS = {
    _L.ENTRY: (10, "{title}", 0.7), _L.JUNIOR: (15, "Junior {title}", 0.8),
    _L.MID: (42, "{title}", 1.0), _L.SENIOR: (22, "Senior {title}", 1.25),
    _L.LEAD: (8, "Lead {title}", 1.45), _L.EXECUTIVE: (3, "Head of {field}", 1.9),
}  # fmt: skip
TYPES = {_E.FULL_TIME: 72, _E.PART_TIME: 14, _E.CONTRACT: 6, _E.TEMPORARY: 4, _E.INTERNSHIP: 4}
CATEGORIES = select(Category.slug, Category.id)


@dataclass(frozen=True, slots=True)
class Posting:
    """What the candidates' side needs to know of a job that has been public."""

    job_id: int
    employer: Employer
    title: str
    skills: list[str]
    opened_at: datetime
    ended_at: datetime
    is_live: bool
    takes_applications: bool


def make(world: World, employers: list[Employer]) -> list[Posting]:
    """Every job of every company; the postings of those that have been public."""
    categories = {row.slug: row.id for row in world.session.execute(CATEGORIES)}
    owners = [employer for employer in employers for _ in range(employer.firm.jobs)]
    states = [state for state, count in ELSEWHERE.items() for _ in range(count)]
    states += [_S.PUBLISHED] * (len(owners) - len(states))
    world.dice.shuffle(states)
    used: set[tuple[int, str]] = set()
    rows = [
        _row(world, employer, categories, used) | _dates(world, state)
        for employer, state in zip(owners, states, strict=True)
    ]
    ids = world.insert(Job, rows)
    ends = [_end(world, row, state) for row, state in zip(rows, states, strict=True)]
    _live_through(world, list(zip(ids, states, ends, strict=True)))
    return [
        Posting(
            job_id, employer, row["title"], row["skills"], row["published_at"], end,
            state == _S.PUBLISHED, row["application_type"] == ApplyBy.INTERNAL,
        )
        for job_id, employer, row, state, end in zip(ids, owners, rows, states, ends, strict=True)
        if row["published_at"]
    ]  # fmt: skip


def _row(
    world: World, employer: Employer, categories: dict[str, int], used: set[tuple[int, str]]
) -> dict[str, Any]:
    dice, firm = world.dice, employer.firm
    for _ in range(20):
        trade = TRADES[dice.choice(firm.trades)]
        level = dice.choices(list(LEVELS), [share for share, _, _ in LEVELS.values()])[0]
        title = LEVELS[level][1].format(title=dice.choice(trade.titles), field=trade.field)
        if (employer.company_id, title) not in used:
            break
    used.add((employer.company_id, title))
    country = dice.choice(firm.abroad) if firm.abroad and world.chance(0.3) else firm.country
    city, region = dice.choice(CITIES[country]).split(", ")
    is_elsewhere = world.chance(0.08)
    page = f"https://{slugify(firm.name)}.example/jobs/{slugify(title)}"
    return {
        "company_id": employer.company_id, "created_by_id": dice.choice(employer.writers),
        "category_id": categories[trade.slug], "title": title,
        "description": _description(world, employer, trade, level),
        "city": city, "region": region, "country": country,
        "is_remote": trade.is_desk and world.chance(0.35),
        "employment_type": dice.choices(list(TYPES), list(TYPES.values()))[0].value,
        "experience_level": level.value, "skills": dice.sample(trade.skills, dice.randint(3, 5)),
        "application_type": (ApplyBy.URL if is_elsewhere else ApplyBy.INTERNAL).value,
        "application_url": page if is_elsewhere else None, "is_featured": world.chance(0.07),
    } | _salary(world, trade, level, country)  # fmt: skip


def _description(world: World, employer: Employer, trade: Trade, level: ExperienceLevel) -> str:
    dice, firm = world.dice, employer.firm
    duties = [*dice.sample(trade.duties, 4), *dice.sample(phrases.SHARED_DUTIES, 2)]
    needs = [
        phrases.NEEDS[level.value],
        f"Sound knowledge of {' and '.join(dice.sample(trade.skills, 2))}",
        *dice.sample(phrases.SHARED_NEEDS, 3),
    ]
    team = dice.choice(phrases.TEAMS).format(n=dice.randint(4, 24))
    return "\n".join((
        f"<p>{firm.name} {firm.pitch}. {team}</p>",
        "<h3>What you will do</h3>", _list(duties),
        "<h3>What you bring</h3>", _list(needs),
        f"<h3>What we offer</h3>\n<p>{dice.choice(phrases.OFFERS)}</p>",
        f"<p>{dice.choice(phrases.CLOSINGS)}</p>",
    ))  # fmt: skip


def _list(points: list[str]) -> str:
    return f"<ul>\n{''.join(f'<li>{point}.</li>{chr(10)}' for point in points)}</ul>"


def _salary(world: World, trade: Trade, level: ExperienceLevel, country: str) -> dict[str, Any]:
    names = ("salary_min", "salary_max", "salary_currency", "salary_period")
    if world.chance(0.15):
        return dict.fromkeys(names) | {"salary_is_visible": True}
    currency, worth, period = PAY[country]
    per, step = {"year": (1, 1000), "month": (12, 100)}[period]
    if trade.is_hourly and period == "year" and currency != "INR" and world.chance(0.6):
        period, per, step = "hour", 2080, 1
    low = trade.pay[0] * world.dice.uniform(0.95, 1.15) * LEVELS[level][2] * worth / per
    high = low * world.dice.uniform(1.1, 1.35)
    money = [Decimal(max(round(amount / step), 1) * step) for amount in (low, high)]
    values = (*money, currency, period)
    return dict(zip(names, values, strict=True)) | {"salary_is_visible": world.chance(0.92)}


def _dates(world: World, state: JobStatus) -> dict[str, Any]:
    """When it was written and published; a live job within the last 40 days."""
    names = ("published_at", "first_published_at", "expires_at")
    if state == _S.DRAFT:
        created = world.between(world.ago(20), world.now)
        return dict.fromkeys(names) | {"created_at": created, "status_changed_at": created}
    has_ended = state not in (_S.PUBLISHED, _S.PAUSED)
    latest = 31.0 if state == _S.EXPIRED else 10.0 if has_ended else 0.02
    published = world.between(world.ago(70 if has_ended else 40), world.ago(latest))
    life = 30 if state == _S.EXPIRED else world.dice.choice((45, 60, 75))
    created = published - timedelta(hours=world.dice.randint(1, 72))
    values = (published, published, published + timedelta(days=life))
    return dict(zip(names, values, strict=True)) | {
        "created_at": created, "status_changed_at": created
    }  # fmt: skip


def _end(world: World, row: dict[str, Any], state: JobStatus) -> datetime:
    """When it stopped taking applications; the present moment for those that still do."""
    if state == _S.EXPIRED:
        end: datetime = row["expires_at"]
        return end
    if state in (_S.PAUSED, _S.CLOSED, _S.ARCHIVED):
        latest = min(row["expires_at"], world.now)
        return world.between(row["published_at"] + (latest - row["published_at"]) / 2, latest)
    return world.now


def _live_through(world: World, jobs: list[tuple[int, JobStatus, datetime]]) -> None:
    """Move the jobs as their owners and the clock did, all of one step in one statement."""
    public = [job_id for job_id, state, _ in jobs if state != _S.DRAFT]
    published = update(Job).where(Job.id.in_(public)).values(
        status=_S.PUBLISHED.value, status_changed_at=Job.published_at,
        status_changed_by_id=Job.created_by_id,
    )  # fmt: skip
    world.session.execute(published, execution_options={"synchronize_session": False})
    steps = {
        _S.PAUSED: (_S.PAUSED,), _S.EXPIRED: (_S.EXPIRED,), _S.CLOSED: (_S.CLOSED,),
        _S.ARCHIVED: (_S.CLOSED, _S.ARCHIVED),
    }  # fmt: skip
    for state, job in itertools.product(steps, jobs):
        if job[1] == state:
            _walk(world, job[0], steps[state], job[2])


def _walk(world: World, job_id: int, steps: tuple[JobStatus, ...], at: datetime) -> None:
    for place, state in enumerate(steps):
        moved = update(Job).where(Job.id == job_id).values(
            status=state.value, status_changed_at=at + (world.now - at) / 2 * place,
            status_changed_by_id=None if state == _S.EXPIRED else Job.created_by_id,
        )  # fmt: skip
        world.session.execute(moved, execution_options={"synchronize_session": False})
