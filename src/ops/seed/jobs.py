"""Made-up jobs, a chunk at a time, as rows for COPY; their views beside them."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass

from src.models.vocabulary import ApplyBy
from src.ops.demo_jobs import TYPES
from src.ops.demo_words import TRADES
from src.ops.seed import frame, places, salaries, texts, titles
from src.ops.seed.companies import Firm
from src.ops.seed.frame import Frame
from src.ops.seed.languages import LANGUAGES
from src.ops.seed.people import writers
from src.ops.seed.plan import DAY_SECONDS, moment
from src.ops.seed.texts import Subject
from src.ops.seed.world import World
from src.utils import copy_text

CHUNK = 5_000
# The share of jobs at a desk, and of others, that can be done from anywhere.
REMOTE = {True: 0.32, False: 0.03}
FEATURED, HOME = 0.004, 0.85
# Postings without a category, a level or a type are in every import.
_NO_CATEGORY, _NO_LEVEL, _NO_TYPE = 0.12, 0.2, 0.08
# Of a hundred, those that tell needs and offer in fields of their own.
_APART = 0.12
# A job that is live at the end stays so for a week at least, and never 180 days in all.
_DAYS_LEFT = (7, 80)
_TYPES, _TYPE_SHARES = list(TYPES), list(TYPES.values())
# Half of a job's views come on its first day, and the others in its first week.
_VIEWS_BY_DAY = ((0, 0.5), (2, 0.3), (6, 0.2))
_VIEWS_AN_APPLICATION, _OTHER_VIEWS = (6, 22), 9

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Neighbouring jobs: their number among the chunks, the place of the first, their frame."""

    number: int
    start: int
    frame: Frame


@dataclass(frozen=True, slots=True)
class _Job:
    """What the frame says of one job."""

    job_id: int
    company_id: int
    firm: Firm
    writer: int
    opened: int
    ended: int
    state: int
    takes: bool


def make(world: World, chunk: Chunk) -> dict[str, str]:
    """Rows of JOBS and of VIEWS."""
    dice = world.plan.dice("jobs", chunk.number)
    jobs, views = [], []
    for offset, applied in enumerate(chunk.frame.applied):
        job = _framed(world, dice, chunk, offset)
        jobs.append(copy_text.line(_row(world, dice, job)))
        views += [copy_text.line(row) for row in _views(world, dice, job, applied)]
    return {"jobs": "".join(jobs), "views": "".join(views)}


def _framed(world: World, dice: random.Random, chunk: Chunk, offset: int) -> _Job:
    place = chunk.frame.firms[offset]
    firm = world.firms[place]
    return _Job(
        world.ids.jobs + chunk.start + offset, world.ids.companies + place, firm,
        dice.choice(writers(firm, world.crowd.owners[place])), chunk.frame.opened[offset],
        chunk.frame.ended[offset], chunk.frame.states[offset], bool(chunk.frame.takes[offset]),
    )  # fmt: skip


def _row(world: World, dice: random.Random, job: _Job) -> Row:
    firm, trade = job.firm, TRADES[dice.choice(job.firm.trades)]
    home = places.countries()[firm.country]
    country = home if dice.random() < HOME else dice.choice(places.country_slots())
    city, region = country.city(dice)
    level = titles.level(dice)
    is_foreign = country.language and dice.random() * 100 < country.language_percent
    language = LANGUAGES[country.language] if is_foreign else None
    title = (
        titles.foreign_title(dice, language)
        if language
        else titles.title(dice, trade, level, country, city)
    )
    reference = f"R{job.job_id}"
    subject = Subject(firm.name, title, city, trade, level, reference, language)
    told = texts.write(dice, subject, apart=dice.random() < _APART)
    told_level = level if dice.random() >= _NO_LEVEL else None
    has_type = dice.random() >= _NO_TYPE
    number = reference if firm.imports else None
    mark = hashlib.sha256("\x1f".join((firm.slug, title, told[0])).encode()).digest()
    return (
        job.job_id, job.company_id, job.writer,
        world.categories[trade.slug] if dice.random() >= _NO_CATEGORY else None, title,
        told[0], told[1] or None, told[2] or None, city, region, country.code,
        dice.random() < REMOTE[trade.is_desk],
        dice.choices(_TYPES, _TYPE_SHARES)[0].value if has_type else None,
        told_level.value if told_level else None,
        *salaries.salary(dice, trade, told_level, country),
        tuple(dice.sample(trade.skills, dice.randint(2, 6))), *_apply_by(dice, job, reference),
        number, mark if number else None, dice.random() < FEATURED, *_dates(world, dice, job),
    )  # fmt: skip


def _apply_by(dice: random.Random, job: _Job, reference: str) -> Row:
    """Type, address of a page, address of a person."""
    site = f"{job.firm.slug}.example"
    if job.takes:
        return ApplyBy.INTERNAL.value, None, None
    if dice.random() < 0.3:
        return ApplyBy.EMAIL.value, None, f"jobs@{site}"
    return ApplyBy.URL.value, f"https://{site}/jobs/{reference}", None


def _dates(world: World, dice: random.Random, job: _Job) -> Row:
    """Status, who set it and when, publication twice, end, creation, last change, version."""
    state = job.state
    name = frame.STATES[state]
    if state == frame.DRAFT:
        written = moment(job.opened)
        return name, job.writer, written, None, None, None, written, written, 1
    opened, created = moment(job.opened), moment(job.opened - dice.randrange(60, 3 * DAY_SECONDS))
    changed = {
        frame.LIVE: job.opened, frame.ARCHIVED: job.ended + DAY_SECONDS,
    }.get(state, job.ended)  # fmt: skip
    runs = state in (frame.LIVE, frame.PAUSED)
    left = dice.randrange(_DAYS_LEFT[0] * DAY_SECONDS, _DAYS_LEFT[1] * DAY_SECONDS)
    ends = world.plan.until + left if runs else job.opened + 60 * DAY_SECONDS
    return (
        name, None if state == frame.EXPIRED else job.writer, moment(changed), opened, opened,
        moment(job.ended if state == frame.EXPIRED else ends), created, moment(changed),
        {frame.LIVE: 2, frame.ARCHIVED: 4}.get(state, 3),
    )  # fmt: skip


def _views(world: World, dice: random.Random, job: _Job, applied: int) -> Iterator[Row]:
    """Views of a day; of all days, more than there were applications."""
    if job.state == frame.DRAFT:
        return
    views = applied * dice.randint(*_VIEWS_AN_APPLICATION) + int(dice.expovariate(1 / _OTHER_VIEWS))
    first, last = (seconds // DAY_SECONDS for seconds in (job.opened, job.ended))
    left = views
    for back, share in _VIEWS_BY_DAY:
        seen = min(left, round(views * share + 0.5))
        left -= seen
        if seen:
            yield job.job_id, job.company_id, min(first + back, last), seen
