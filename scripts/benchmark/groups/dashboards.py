"""Target 4: the dashboard of an employer of a thousand jobs, with few applications and many."""

import statistics
from collections.abc import Iterator

from scripts.benchmark import inside, volume
from scripts.benchmark.bench import Bench
from scripts.benchmark.inside import Inside
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bars, Bound, Row

# A twentieth of the jobs, and at most a thousand, are the one employer's.
JOBS = 20_000
FEWER = 100
CALLS, CALLS_QUICK = 100, 10
ONE_STATEMENT = Bound(1, is_ceiling=True)
MOST_MS = Bound(25.0, is_ceiling=True)
GROWTH = Bound(2.0, is_ceiling=True)


@benchmark("dashboard", "4")
def dashboards(bench: Bench) -> Iterator[Row]:
    """The uncached dashboard of 1,000 jobs, by applications of the one company."""
    many = max(bench.settings.scale, 10 * FEWER)
    medians, statements = [], 0
    for applications in (many // FEWER, many):
        asked = volume.Asked(JOBS, applications, applications)
        own = inside.open_inside(bench, asked)
        bench.step(f"the dashboard of {applications:,} applications")
        statements = own.call("GET", "employer/dashboard").statements
        medians.append(_median_ms(bench, own))
        volume.close(own.settings)
    few_ms, many_ms = medians
    how = f"median of calls with their authentication, {many:,} applications, no cache"
    yield Row(
        "4", "dashboard: statements beside the authentication", statements - 1,
        "told by Server-Timing", "", ONE_STATEMENT,
    )  # fmt: skip
    yield Row("4", "dashboard: time", many_ms, how, "ms", MOST_MS)
    bars = Bars("ms", [(f"{many // FEWER:,} applications", few_ms), (f"{many:,}", many_ms)], ours=2)
    what = f"dashboard: {many:,} applications by {many // FEWER:,}"
    yield Row("4", what, many_ms / few_ms, how, bound=GROWTH, bars=bars)


def _median_ms(bench: Bench, own: Inside) -> float:
    calls = CALLS_QUICK if bench.settings.quick else CALLS
    return statistics.median(own.call("GET", "employer/dashboard").ms for _ in range(calls))
