"""The performance report over all workers; from two looks, of the time between them."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from src.services import server_reading
from src.utils import cache_server, figures, metrics
from src.utils.cache_server import CacheSilent
from src.utils.metrics import Sums
from src.utils.shared_counters import Slot

Row = dict[str, Any]
# What the servers count since they started.
_COUNTED = ("commits", "rollbacks", "blocks_hit", "blocks_read", "deadlocks", "temp_bytes")
_OF_SERVER = "version", "started_at", "counted_since", "size_bytes"
_COUNTED_BY_CACHE = ("evicted_keys", "expired_keys", "commands", "found_keys", "missing_keys")


@dataclass
class Look:
    """What was read at one moment; of a server that gave no answer, why.

    A service without a cache has neither `cache` nor `cache_error`.
    """

    slots: list[Slot]
    database: Row | None = None
    database_error: str | None = None
    cache: Row | None = None
    cache_error: str | None = None
    at: float = field(default_factory=time.monotonic)
    sums: Sums = field(init=False)

    def __post_init__(self) -> None:
        self.sums = metrics.total(self.slots)


def look(slots: Iterable[Slot], execute: server_reading.Execute, redis_url: str | None) -> Look:
    """Look from inside a request: the database answers, or the request fails."""
    cache, error = read_cache(redis_url)
    database = server_reading.everything(execute)
    return Look(list(slots), database=database, cache=cache, cache_error=error)


def read_cache(redis_url: str | None) -> tuple[Row | None, str | None]:
    """The cache server's figures, or why there are none; neither where there is no cache."""
    if redis_url is None:
        return None, None
    try:
        return cache_server.figures(redis_url), None
    except CacheSilent as error:
        return None, str(error)


def report(now: Look, before: Look | None = None) -> dict[str, Row]:
    """The sections `database`, `cache` and `api`.

    Counts are of the time between the looks, or since counting began where there is one look.
    """
    sums = figures.since(now.sums, before.sums if before else None)
    workers = figures.workers(now.slots)
    return {
        "database": _database(now, before, sums, workers),
        "cache": _cache(now, before, sums, workers),
        "api": {
            "total": figures.all_routes(sums),
            "shed": int(sums["shed"].get((), 0)),
            "routes": figures.routes(sums),
        },
    }


def _database(now: Look, before: Look | None, sums: Sums, workers: list[Row]) -> Row:
    seen = now.database or {}
    grown = _grown(seen, (before.database or {}) if before else None, _COUNTED)
    blocks = (grown["blocks_hit"] or 0) + (grown["blocks_read"] or 0)
    return {
        **{name: seen.get(name) for name in _OF_SERVER},
        **grown,
        "buffer_hit_rate": round(grown["blocks_hit"] / blocks, 4) if blocks else None,
        "pool": _pool(seen, workers),
        "slow_queries": figures.slow_statements(sums),
        **{name: seen.get(name, []) for name in ("locks", "transactions", "tables", "indexes")},
        "statements": seen.get("statements"), "tasks": seen.get("tasks"),
    }  # fmt: skip


def _pool(seen: Row, workers: list[Row]) -> Row:
    names = ("in_use", "idle", "limit")
    return {
        "per_worker": max((worker["limit"] for worker in workers), default=0),
        **{name: sum(worker[name] for worker in workers) for name in names},
        "workers": [{name: worker[name] for name in ("pid", *names)} for worker in workers],
        "connections": seen.get("connections"),
        "server_connections": seen.get("server_connections"),
        "max_connections": seen.get("max_connections"),
        "by_state": seen.get("by_state", {}),
    }


def _cache(now: Look, before: Look | None, sums: Sums, workers: list[Row]) -> Row:
    told = now.cache or {}
    grown = _grown(told, (before.cache or {}) if before else None, _COUNTED_BY_CACHE)
    breakers = [
        {"pid": worker["pid"], "is_open": worker["breaker_open"]}
        for worker in workers
        if worker["breaker_open"] is not None
    ]
    return {
        "state": "up" if now.cache else "down" if now.cache_error else "off",
        "error": now.cache_error,
        **figures.all_cache_requests(sums),
        "by_name": figures.cache_requests(sums),
        "breakers": breakers,
        "breakers_open": sum(breaker["is_open"] for breaker in breakers),
        "outbox": (now.database or {}).get("outbox"),
        "server": told | grown if told else None,
    }


def _grown(now: Row, before: Row | None, names: Iterable[str]) -> Row:
    """The counts of these names, from the look before on if there is one; None where unknown."""

    def of(name: str) -> Any:
        count = now.get(name)
        if before is None or count is None:
            return count
        started = before.get(name)
        # A server that was started again counts anew.
        return None if started is None else count - started if count >= started else count

    return {name: of(name) for name in names}
