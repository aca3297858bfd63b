"""Target 3: search at volume, its growth, and the same documents in Tantivy and the naive way."""

import os
from collections.abc import Iterator, Mapping, Sequence

from scripts.benchmark import made_up_queries, rival_searches, searching, volume
from scripts.benchmark.bench import Bench
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bars, Bound, CannotMeasure, Row, absent
from scripts.benchmark.searcher import Timed

WHOLE_P95, WHOLE_P99 = Bound(30.0, is_ceiling=True), Bound(50.0, is_ceiling=True)
FACETS_P95, FACETS_P99 = Bound(50.0, is_ceiling=True), Bound(80.0, is_ceiling=True)
BUSY_P95 = Bound(70.0, is_ceiling=True)
GROWTH = Bound(3.0, is_ceiling=True)
BY_TANTIVY = Bound(2.0, is_ceiling=True)
EMPTY = Bound(0.06, is_ceiling=True)
MADE_UP, MADE_UP_QUICK = 800, 80
# Between the scales that growth is told of; smaller than the least of them nothing is to be seen.
STEP, LEAST = 10, 10_000
BUSY_CLIENTS = 4
NAIVE_QUERIES = 4
P50, P95, P99 = range(3)
SHARES = ("p50", "p95", "p99")
Rounds = list[Timed]


@benchmark("search", "3")
def searches(bench: Bench) -> Iterator[Row]:
    """Every query cold in the answer cache, warm in PostgreSQL; growth; rivals."""
    queries = _queries(bench)
    scales = _scales(bench.settings.scale)
    seen: dict[int, Rounds] = {}
    for jobs in scales:
        settings = volume.open_database(bench, volume.of_jobs(jobs))
        bench.step(f"{len(queries)} queries over {jobs:,} jobs")
        searching.put(settings, queries)
        seen[jobs] = searching.put(settings, queries)
        if jobs != scales[-1]:
            volume.close(settings)
    yield from _alone(seen[scales[-1]], scales[-1])
    yield from _busy(bench, settings, queries)
    yield from _growth(seen)
    yield from _beside(bench, settings, queries, seen[scales[-1]])


def _queries(bench: Bench) -> Sequence[str]:
    path = bench.settings.queries
    if path is None:
        bench.notes.append("The queries are made up of the vocabulary of the made-up jobs.")
        return made_up_queries.made_up(MADE_UP_QUICK if bench.settings.quick else MADE_UP)
    queries = made_up_queries.read(path.read_text())
    bench.notes.append(f"{len(queries)} queries of {path.name}, each by itself.")
    return queries[:: 10 if bench.settings.quick else 1]


def _scales(most: int) -> list[int]:
    found = [most]
    while found[0] // STEP >= LEAST:
        found.insert(0, found[0] // STEP)
    return found


def _alone(timed: Rounds, jobs: int) -> Iterator[Row]:
    how = f"{len(timed)} queries, 1 client, {jobs:,} jobs, {os.cpu_count()} cores"
    parts = {
        "page": [one["page"] for one in timed],
        "page and total": [one["whole"] for one in timed],
        "facets alone": [one["facets"] for one in timed],
        "page, total and facets": [one["with_facets"] for one in timed],
        "suggestions": [one["suggest"] for one in timed],
    }
    bounds = {
        "page and total": (None, WHOLE_P95, WHOLE_P99),
        "page, total and facets": (None, FACETS_P95, FACETS_P99),
    }
    for name, values in parts.items():
        figures = searching.percentiles(values)
        for place, share in enumerate(SHARES):
            bound = bounds.get(name, (None, None, None))[place]
            yield Row("3", f"{name}: {share}", figures[place], how, "ms", bound)
    empty = sum(one["is_empty"] for one in timed) / len(timed)
    yield Row("3", "searches without an answer", empty, how, "of 1", EMPTY)


def _busy(bench: Bench, settings: Mapping[str, str], queries: Sequence[str]) -> Iterator[Row]:
    bench.step(f"{BUSY_CLIENTS} clients")
    timed = searching.put(settings, queries, clients=BUSY_CLIENTS, parts=())
    how = f"{BUSY_CLIENTS} clients at once, {os.cpu_count()} cores for them and the database"
    figures = searching.percentiles([one["whole"] for one in timed])
    for share, figure, bound in zip(SHARES, figures, (None, BUSY_P95, None), strict=True):
        name = f"page and total, {BUSY_CLIENTS} clients: {share}"
        yield Row("3", name, figure, how, "ms", bound)


def _growth(seen: Mapping[int, Rounds]) -> Iterator[Row]:
    whole = {
        jobs: searching.percentiles([one["whole"] for one in timed]) for jobs, timed in seen.items()
    }
    if len(whole) < 2:
        reason = f"no smaller scale: --scale is below {STEP * LEAST:,}"
        yield absent("3", "growth of page and total", reason, GROWTH)
        return
    *_, less, more = whole
    bars = Bars(
        "ms", [(f"{jobs:,} jobs, p95", whole[jobs][P95]) for jobs in whole], ours=len(whole)
    )
    told = ", ".join(
        f"{jobs:,}: {p50:.1f} {p95:.1f} {p99:.1f}" for jobs, (p50, p95, p99) in whole.items()
    )
    yield Row(
        "3", f"page and total, p95: {more:,} jobs by {less:,}",
        whole[more][P95] / whole[less][P95], f"p50, p95, p99 in ms of {told}", bound=GROWTH,
        bars=bars,
    )  # fmt: skip


def _beside(
    bench: Bench, settings: Mapping[str, str], queries: Sequence[str], timed: Rounds
) -> Iterator[Row]:
    own = searching.percentiles([one["page"] for one in timed])
    whole = searching.percentiles([one["whole"] for one in timed])
    for name, ask, ours, bound in (
        ("Tantivy", rival_searches.tantivy, own, BY_TANTIVY),
        ("pgbench", rival_searches.pgbench, whole, None),
    ):
        try:
            theirs = searching.percentiles(ask(bench, settings, queries))
            yield from _against(ours, theirs, name, bound)
        except CannotMeasure as error:
            yield absent("3", f"the same by {name}", str(error), bound)
    some = queries[:: max(1, len(queries) // NAIVE_QUERIES)][:NAIVE_QUERIES]
    naive = searching.percentiles(rival_searches.naive(bench, settings, some))
    cut = rival_searches.NAIVE_SECONDS
    how = f"{len(some)} queries by ILIKE, ORM rows and COUNT, each cut off after {cut} s"
    yield Row("3", "naive by ours: p50", naive[P50] / whole[P50], f"{how}: {naive[P50]:,.0f} ms")


def _against(
    own: Sequence[float], theirs: Sequence[float], name: str, bound: Bound | None
) -> Iterator[Row]:
    for place in (P50, P95):
        share = ("p50", "p95")[place]
        how = f"{own[place]:.1f} by {theirs[place]:.1f} ms, one after the other"
        bars = Bars("ms", [("TalentSphere", own[place]), (name, theirs[place])])
        what = f"{share} by that of {name}"
        yield Row("3", what, own[place] / theirs[place], how, bound=bound, bars=bars)
