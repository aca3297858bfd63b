"""The figures of all workers and of the servers in the text format of Prometheus."""

from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from src.utils import figures, metrics
from src.utils.metrics import BUCKETS, Sums
from src.utils.shared_counters import CounterFiles

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ROUTE = ["method", "route"]
# What PostgreSQL counts: its name here, what it is, its name there.
_SERVER_COUNTS = (
    ("db_commits", "Transactions committed.", "commits"),
    ("db_rollbacks", "Transactions rolled back.", "rollbacks"),
    ("db_buffer_hits", "Blocks found in the buffers.", "blocks_hit"),
    ("db_buffer_reads", "Blocks read from outside the buffers.", "blocks_read"),
    ("db_deadlocks", "Deadlocks.", "deadlocks"),
    ("db_temporary_bytes", "Written to temporary files.", "temp_bytes"),
)
_SERVER_GAUGES = (
    ("db_max_connections", "Connections that the server takes.", "max_connections"),
    ("db_server_connections", "Connections in all its databases.", "server_connections"),
    ("db_lock_waits", "Sessions that wait for a lock.", "lock_waits"),
)


def as_text(counters: CounterFiles, vitals: dict[str, Any] | None) -> bytes:
    """All of it; `vitals` are the database's, left out where it gave no answer."""
    slots = list(counters.slots())
    families = [
        *_requests(metrics.total(slots)),
        *_workers(figures.workers(slots)),
        _gauge("database_up", "Whether the database answers.", 0 if vitals is None else 1),
        *(_server(vitals) if vitals else ()),
    ]
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(families))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> list[Metric]:
        return self.families


def _requests(sums: Sums) -> list[Metric]:
    slow_seconds = sum(sums["slow_ms"].values()) / 1000
    count = sum(sums["slow"].values())
    shed = sums["shed"].get((), 0.0)
    cache = _counter("cache_requests", "Answers of the cache.", sums["cache"], ["name", "result"])
    return [
        _counter("http_requests", "Answers given.", sums["requests"], [*_ROUTE, "status"]),
        _counter("http_statements", "Database statements.", sums["statements"], _ROUTE),
        _counter("http_database_seconds", "Time in statements.", sums["db_seconds"], _ROUTE),
        _durations(sums),
        CounterMetricFamily("http_requests_shed", "Requests refused at once.", shed),
        CounterMetricFamily("db_slow_statements", "Statements over the threshold.", count),
        CounterMetricFamily("db_slow_statement_seconds", "Time in those.", slow_seconds),
        cache,
    ]


def _workers(workers: list[dict[str, Any]]) -> list[Metric]:
    """By slot, not by process: a worker that is replaced goes on with its series."""
    pools = [
        ((worker["slot"], state), worker[state])
        for worker in workers for state in ("in_use", "idle")
    ]  # fmt: skip
    limits = [((worker["slot"],), worker["limit"]) for worker in workers]
    breakers = [
        ((worker["slot"],), int(worker["breaker_open"]))
        for worker in workers
        if worker["breaker_open"] is not None
    ]
    says = "Whether the process passes the cache over."
    return [
        _gauge("service_processes", "Processes that count here and live.", len(workers)),
        _gauges("db_pool_connections", "Connections held.", pools, ["worker", "state"]),
        _gauges("db_pool_limit", "Connections that may be held.", limits, ["worker"]),
        _gauges("cache_breaker_open", says, breakers, ["worker"]),
    ]


def _server(vitals: dict[str, Any]) -> list[Metric]:
    states = [((state,), count) for state, count in sorted(vitals["by_state"].items())]
    families = [_gauges("db_connections", "Connections in this database.", states, ["state"])]
    families += [_gauge(name, says, vitals[key]) for name, says, key in _SERVER_GAUGES]
    families += [CounterMetricFamily(name, says, vitals[key]) for name, says, key in _SERVER_COUNTS]
    outbox = vitals["outbox"]
    if outbox is not None:
        rows, age = "Invalidations not delivered yet.", "Age of the oldest of them."
        families.append(_gauge("cache_outbox_rows", rows, outbox["rows"]))
        families.append(_gauge("cache_outbox_age_seconds", age, outbox["age_seconds"]))
    return families


def _counter(name: str, says: str, values: dict[Any, float], labels: list[str]) -> Metric:
    family = CounterMetricFamily(name, says, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def _gauges(name: str, says: str, values: Iterable[Any], labels: list[str]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for key, value in values:
        family.add_metric(key, value)
    return family


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value)


def _durations(sums: Sums) -> Metric:
    name, says = "http_request_duration_seconds", "Time from the first byte to the answer."
    family = HistogramMetricFamily(name, says, labels=_ROUTE)
    bounds = (*map(str, BUCKETS), "+Inf")
    for labels, seconds in sorted(sums["seconds"].items()):
        counts = accumulate(sums["bucket"].get((*labels, bound), 0.0) for bound in bounds)
        family.add_metric(labels, list(zip(bounds, counts, strict=True)), seconds)
    return family
