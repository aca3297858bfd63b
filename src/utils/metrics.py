"""What requests took, by route, counted over all workers; and its text form for Prometheus."""

from collections import defaultdict
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from src.utils.shared_counters import Key, SharedCounters

# Seconds; the last one is what a statement timeout can add up to.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def record(
    counters: SharedCounters,
    labels: Key,
    *,
    status: int,
    seconds: float,
    statements: int,
    db: float,
) -> None:
    """Count one request; `labels` are its method and its route's rule, never the raw path."""
    bound = next((str(bucket) for bucket in BUCKETS if seconds <= bucket), "+Inf")
    counters.add(("requests", *labels, str(status)))
    counters.add(("bucket", *labels, bound))
    counters.add(("seconds", *labels), seconds)
    if statements:
        counters.add(("statements", *labels), statements)
        counters.add(("db_seconds", *labels), db)


def sums(counters: SharedCounters) -> dict[str, dict[Key, float]]:
    """The numbers by name and labels; of dead processes only what they counted."""
    found: dict[str, dict[Key, float]] = defaultdict(lambda: defaultdict(float))
    for lives, (name, *labels), value in counters.read():
        if name == "max_ms":
            found[name][tuple(labels)] = max(found[name][tuple(labels)], value)
        elif lives or name not in ("pool", "worker"):
            found[name][tuple(labels)] += value
    return found


def as_text(counters: SharedCounters) -> bytes:
    """All of it in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(sums(counters)))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, found: dict[str, dict[Key, float]]) -> None:
        self.found = found

    def collect(self) -> list[Metric]:
        return [
            self._counter("http_requests", "Answers given.", "requests", ["status"]),
            self._counter("http_statements", "Database statements.", "statements", []),
            self._counter("http_database_seconds", "Time in statements.", "db_seconds", []),
            self._durations(),
            self._gauge("db_pool_connections", "Connections of the workers.", "pool", "state"),
            self._slow(),
        ]

    def _counter(self, name: str, says: str, key: str, more: list[str]) -> Metric:
        family = CounterMetricFamily(name, says, labels=["method", "route", *more])
        for labels, value in sorted(self.found[key].items()):
            family.add_metric(labels, value)
        return family

    def _gauge(self, name: str, says: str, key: str, label: str) -> Metric:
        family = GaugeMetricFamily(name, says, labels=[label])
        for labels, value in sorted(self.found[key].items()):
            family.add_metric(labels, value)
        return family

    def _durations(self) -> Metric:
        name, says = "http_request_duration_seconds", "Time from the first byte to the answer."
        family = HistogramMetricFamily(name, says, labels=["method", "route"])
        bounds = (*map(str, BUCKETS), "+Inf")
        for labels, seconds in sorted(self.found["seconds"].items()):
            counts = accumulate(self.found["bucket"][(*labels, bound)] for bound in bounds)
            family.add_metric(labels, list(zip(bounds, counts, strict=True)), seconds)
        return family

    def _slow(self) -> Metric:
        count = sum(self.found["slow"].values())
        return CounterMetricFamily("db_slow_statements", "Statements over the threshold.", count)
