"""Loading the made-up rows: one transaction, whole or not at all."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from src.database import Work
from src.ops.seed import (
    applications,
    companies,
    frame,
    jobs,
    pairs,
    people,
    workers,
)  # fmt: skip
from src.ops.seed.bare import bare
from src.ops.seed.frame import Frame
from src.ops.seed.pairs import Pairs
from src.ops.seed.plan import Plan, moment
from src.ops.seed.steps import Steps
from src.ops.seed.world import Ids, World
from src.queries import seed as seed_queries
from src.utils import copy_text

# Rows of the smaller tables that are written at a time.
SLICE = 50_000
TABLES = {"views": "seed_views", "moves": "seed_moves"}


def load(work: Work, plan: Plan, password_hash: str, steps: Steps) -> World:
    """Everything but the read model, in the caller's transaction."""
    work.session.execute(seed_queries.STAGE)
    with bare(work, steps):
        with steps.step("planning"):
            world = _world(work, plan)
            framed = frame.make(plan, list(world.firms))
            sent, kept = pairs.applications(plan, framed), pairs.bookmarks(plan, framed)
        with steps.step("companies and people"):
            _load_parties(work, world, password_hash)
        _load_chunks(work, world, steps, jobs.make, _job_chunks(framed))
        _load_chunks(work, world, steps, applications.make, _application_chunks(framed, sent))
        with steps.step("bookmarks"):
            _copy(work, "bookmarks", _bookmark_rows(world, kept))
        _derive(work, world, steps)
    work.session.execute(seed_queries.MARK)
    return world


def _world(work: Work, plan: Plan) -> World:
    taken = {slug for slug in work.session.scalars(seed_queries.SLUGS) if slug}
    firms = companies.make(plan, taken)
    people_count = people.crowd(plan, firms, 0).count
    ids = Ids(
        _reserve(work, "users", people_count), _reserve(work, "companies", plan.companies),
        _reserve(work, "jobs", plan.jobs), _reserve(work, "applications", plan.applications),
    )  # fmt: skip
    crowd = people.crowd(plan, firms, ids.users)
    categories = {row.slug: row.id for row in work.session.execute(seed_queries.CATEGORIES)}
    return World(plan, tuple(firms), crowd, ids, categories)


def _reserve(work: Work, table: str, count: int) -> int:
    first: int = work.session.scalar(seed_queries.RESERVE, {"table": table, "count": count})
    return first


def _load_parties(work: Work, world: World, password_hash: str) -> None:
    plan, firms, first = world.plan, list(world.firms), world.ids.companies
    _copy(work, "companies", companies.rows(plan, firms, first))
    _copy(work, "users", people.rows(plan, firms, world.crowd, password_hash))
    _copy(work, "memberships", people.membership_rows(plan, firms, world.crowd, first))
    _copy(work, "benefits", companies.benefit_rows(plan, firms, first))


def _copy(work: Work, table: str, rows: Iterable[Iterable[object]]) -> None:
    lines: list[str] = []
    for row in rows:
        lines.append(copy_text.line(row))
        if len(lines) == SLICE:
            work.copy_in(seed_queries.COPY[table], "".join(lines))
            lines.clear()
    work.copy_in(seed_queries.COPY[table], "".join(lines))


def _load_chunks(
    work: Work, world: World, steps: Steps, maker: Callable[[World, Any], Any], chunks: list[Any],
) -> None:  # fmt: skip
    """Load what is made of the chunks, by the processes that make the next ones meanwhile."""
    name = maker.__module__.rpartition(".")[2]
    made = workers.make(world, maker, chunks)
    for tables in steps.each(name, made, len(chunks)):
        for table, lines in tables.items():
            work.copy_in(seed_queries.COPY[TABLES.get(table, table)], lines)


def _job_chunks(framed: Frame) -> list[jobs.Chunk]:
    starts = range(0, len(framed.firms), jobs.CHUNK)
    return [
        jobs.Chunk(number, start, framed.cut(start, start + jobs.CHUNK))
        for number, start in enumerate(starts)
    ]


def _application_chunks(framed: Frame, sent: Pairs) -> list[applications.Chunk]:
    chunks = []
    for number, start in enumerate(range(0, len(sent.at), applications.CHUNK)):
        cut = sent.cut(start, start + applications.CHUNK)
        firms = tuple(framed.firms[place] for place in cut.jobs)
        chunks.append(applications.Chunk(number, start, cut, firms))
    return chunks


def _bookmark_rows(world: World, kept: Pairs) -> Iterator[tuple[object, ...]]:
    for job, candidate, at in zip(kept.jobs, kept.candidates, kept.at, strict=True):
        yield world.crowd.candidate + candidate, world.ids.jobs + job, moment(at)


def _derive(work: Work, world: World, steps: Steps) -> None:
    with steps.step("statistics"):
        work.session.execute(seed_queries.LOOK)
    first = {
        "jobs": world.ids.jobs, "companies": world.ids.companies,
        "applications": world.ids.applications,
    }  # fmt: skip
    for name, statement in seed_queries.DERIVED.items():
        with steps.step(name):
            needed = {key: value for key, value in first.items() if f":{key}" in statement.text}
            work.session.execute(statement, needed)
