from pathlib import Path

import pytest

from src.utils import figures, metrics
from src.utils.metrics import BUCKETS
from src.utils.shared_counters import SharedCounters

NONE = [0.0] * (len(BUCKETS) + 1)


def filled(**by_place: float) -> list[float]:
    return [by_place.get(f"b{place}", 0.0) for place in range(len(BUCKETS) + 1)]


@pytest.mark.parametrize(
    ("buckets", "q", "seconds"),
    [
        (NONE, 0.5, None),
        (filled(b0=10), 0.5, 0.0005),
        (filled(b3=10), 1.0, 0.01),
        (filled(b3=10), 0.5, 0.0075),
        (filled(b3=50, b9=50), 0.75, 0.75),
        (filled(b12=1), 0.99, 5.0),
    ],
)
def test_a_percentile_lies_straight_within_its_bucket(
    buckets: list[float], q: float, seconds: float | None
) -> None:
    assert figures.quantile(buckets, q) == (None if seconds is None else pytest.approx(seconds))


def ask(counters: SharedCounters, route: str, status: int = 200, seconds: float = 0.002) -> None:
    labels = ("GET", route)
    metrics.record(counters, labels, status=status, seconds=seconds, statements=3, db=0.001)


def test_each_route_has_its_own_figures(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    for status in (200, 200, 404, 503):
        ask(counters, "/jobs", status)
    ask(counters, "/companies", seconds=2.0)
    jobs, companies = figures.routes(metrics.sums(counters))
    assert (jobs["route"], jobs["count"]) == ("/jobs", 4)
    assert (jobs["errors_4xx"], jobs["errors_5xx"], jobs["statements_per_request"]) == (1, 1, 3)
    assert 1 < jobs["p95_ms"] <= 2.5
    assert 1000 < companies["p50_ms"] <= 2500
    assert figures.all_routes(metrics.sums(counters))["count"] == 5


def test_between_two_looks_counts_what_was_added(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    ask(counters, "/jobs", 500)
    counters.put(("pool", "in_use"), 2)
    before = metrics.sums(counters)
    ask(counters, "/jobs")
    grown = figures.since(metrics.sums(counters), before)
    (jobs,) = figures.routes(grown)
    assert (jobs["count"], jobs["errors_5xx"]) == (1, 0)
    assert grown["pool"][("in_use",)] == 2


def test_statements_slow_just_now_are_told_behind_many_that_once_were_slower(
    tmp_path: Path,
) -> None:
    counters = SharedCounters(tmp_path)
    for name, ms, at in (("old", 9000.0, 1e9), ("new", 1500.0, 2e9)):
        for number in range(60 if name == "old" else 30):
            for figure, value in (("slow", 1.0), ("slow_ms", ms), ("max_ms", ms), ("slow_at", at)):
                counters.put((figure, f"{name} {number}"), value)
    told = [row["fingerprint"] for row in figures.slow_statements(metrics.sums(counters))]
    assert len([name for name in told if name.startswith("new")]) == 30
    assert told[0].startswith("old")
    assert len(told) == len(set(told)) <= 100


def test_the_hit_rate_is_of_hits_and_misses(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    for result, times in (("hit", 3), ("miss", 1), ("bypass", 5), ("error", 2), ("stale", 1)):
        counters.add(("cache", "jobs", result), times)
    counters.add(("cache", "companies", "hit"))
    jobs, companies = figures.cache_requests(metrics.sums(counters))
    assert (jobs["name"], jobs["hit_rate"], jobs["bypassed"], jobs["errors"]) == (
        "jobs",
        0.75,
        5,
        2,
    )
    assert companies["hit_rate"] == 1
    assert figures.all_cache_requests(metrics.sums(counters))["hit_rate"] == 0.8
