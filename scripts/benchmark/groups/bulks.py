"""Targets 6 and 7: many jobs posted at once, many applications moved at once."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator

import psycopg2

from scripts.benchmark import contenders, inside, volume
from scripts.benchmark.bench import Bench
from scripts.benchmark.groups.statement_counts import new_jobs
from scripts.benchmark.inside import Inside
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bars, Bound, CannotMeasure, Row, middle

# Enough applications of the one employer, most of which may still be moved.
ASKED = volume.Asked(jobs=10_000, applications=200_000, one_company=160_000)
BULK, MOVED, MOVED_QUICK = 1_000, 10_000, 1_000
SINGLES, SINGLES_QUICK = 100, 20
BY_SINGLES, BY_MOVES = Bound(20.0), Bound(50.0)
_OPEN = """
SELECT id FROM applications
WHERE company_id = %s AND redacted_at IS NULL AND status IN ('submitted', 'under_review')
ORDER BY id
"""
# Milliseconds of one call; it is given the number of the call.
Call = Callable[[int], float]


@benchmark("bulk", "6")
def bulk_jobs(bench: Bench) -> Iterator[Row]:
    """1,000 jobs by one POST over HTTP against single ones."""
    own = _served(bench, inside.open_inside(bench, ASKED, is_copied=True))
    bench.step("posting jobs")
    what = f"{BULK:,} jobs in one POST over HTTP: speed by that of single ones"
    many = lambda turn: _post_many(own, turn)  # noqa: E731
    yield _against(bench, Row("6", what, None, "", bound=BY_SINGLES), BULK, many, _poster(own))
    volume.close(own.settings)


@benchmark("bulk", "7")
def bulk_moves(bench: Bench) -> Iterator[Row]:
    """Applications moved by one bulk action against single transitions."""
    own = inside.open_inside(bench, ASKED, is_copied=True)
    bench.step("moving applications")
    ids = _open(own)
    most, rounds = (MOVED_QUICK, 1) if bench.settings.quick else (MOVED, 3)
    most = min(most, len(ids) // rounds - SINGLES)
    if most < MOVED_QUICK:
        raise CannotMeasure(f"only {len(ids):,} applications can be moved")
    what = f"{most:,} applications moved at once: speed by that of single transitions"
    many = lambda _: _move_many(own, [ids.pop() for _ in range(most)])  # noqa: E731
    one = lambda _: _move_one(own, ids.pop())  # noqa: E731
    yield _against(bench, Row("7", what, None, "", bound=BY_MOVES), most, many, one)
    volume.close(own.settings)


def _served(bench: Bench, own: Inside) -> Inside:
    """The same calls to one worker of Gunicorn, over the loopback."""
    settings = {**own.settings, "CACHE_ENABLED": "false", "WEB_CONCURRENCY": "1"}
    served = contenders.product(bench, "TalentSphere", settings)
    return dataclasses.replace(own, port=served.port)


def _open(own: Inside) -> list[int]:
    """The employer's applications that can be moved, as the owner sees them."""
    with contextlib.closing(psycopg2.connect(own.settings["MIGRATION_DATABASE_URL"])) as connection:
        cursor = connection.cursor()
        cursor.execute(_OPEN, [own.company_id])
        return [number for (number,) in cursor]


def _against(bench: Bench, row: Row, count: int, many: Call, one: Call) -> Row:
    """The row with milliseconds of a single call by those of one in the bulk, taken in turn."""
    rounds, singles = (1, SINGLES_QUICK) if bench.settings.quick else (3, SINGLES)
    bulk_ms, single_ms = [], []
    for turn in range(rounds):
        bulk_ms.append(many(turn) / count)
        single_ms.append(sum(one(turn * singles + n) for n in range(singles)) / singles)
    figure, spread = middle([alone / each for alone, each in zip(single_ms, bulk_ms, strict=True)])
    alone, each = middle(single_ms)[0], middle(bulk_ms)[0]
    how = f"an item: {alone:.1f} ms alone (mean of {singles} only), {each:.2f} in the bulk"
    bars = Bars("ms a row", [("in a bulk", each), ("alone", alone)])
    return Row(row.target, row.what, figure, how, "×", row.bound, spread, bars)


def _post_many(own: Inside, turn: int) -> float:
    content = {"company_id": own.company_id, "jobs": new_jobs(BULK, f"bulk{turn}")}
    called = own.call("POST", "jobs/bulk", content)
    if called.content["created"] != BULK:
        raise CannotMeasure(f"only {called.content['created']} of {BULK} jobs were created")
    return called.ms


def _poster(own: Inside) -> Call:
    def post(number: int) -> float:
        (job,) = new_jobs(1, f"single{number}")
        return own.call("POST", "jobs", job | {"company_id": own.company_id}).ms

    return post


def _move_many(own: Inside, ids: list[int]) -> float:
    content = {"application_ids": ids, "to": "rejected"}
    called = own.call("POST", "employer/applications/bulk-actions", content)
    if called.content["updated"] != len(ids):
        raise CannotMeasure(f"only {called.content['updated']} of {len(ids)} were moved")
    return called.ms


def _move_one(own: Inside, number: int) -> float:
    return own.call("POST", f"applications/{number}/transitions", {"to": "rejected"}).ms
