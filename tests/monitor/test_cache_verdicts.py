"""What the workers count of the cache is summed, and each fault of it named."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from src.utils.shared_counters import SharedCounters
from tests.monitor.conftest import Look, verdict


def in_another_process(data_dir: Path, counts: dict[tuple[str, ...], float]) -> None:
    pid = os.fork()
    if pid == 0:
        counters = SharedCounters(data_dir / "metrics")
        for key, amount in counts.items():
            counters.add(key, amount)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def test_the_hit_rate_is_of_all_processes(service: Flask, look: Look, tmp_path: Path) -> None:
    counters = service.extensions["counters"]
    counters.add(("cache", "job_search", "hit"), 60)
    counters.add(("cache", "job_search", "miss"), 40)
    in_another_process(
        tmp_path, {("cache", "job_search", "miss"): 100, ("cache", "jobs", "hit"): 1}
    )
    report = look("hit_percent=40:10", "least_lookups=100")
    search, jobs = report["cache"]["by_name"]
    assert (search["name"], search["hits"], search["misses"]) == ("job_search", 60, 140)
    assert (search["hit_rate"], jobs["hit_rate"]) == (0.3, 1)
    found = verdict(report, "cache", "hit_percent")
    assert (found["level"], found["figure"]) == ("warn", 30.35)


def test_errors_of_the_cache_are_named(service: Flask, look: Look) -> None:
    counters = service.extensions["counters"]
    # Where each look fails there is none to have a rate of.
    counters.add(("cache", "jobs", "error"), 300)
    assert verdict(look(), "cache", "error_percent")["figure"] == 100
    counters.add(("cache", "jobs", "hit"), 2700)
    assert verdict(look(), "cache", "error_percent")["level"] == "bad"


def test_an_open_breaker_is_named_while_its_process_lives(
    service: Flask, look: Look, tmp_path: Path
) -> None:
    in_another_process(tmp_path, {("breaker", "open"): 1})
    assert look()["cache"]["breakers"] == [{"pid": os.getpid(), "is_open": False}]
    service.extensions["counters"].put(("breaker", "open"), 1)
    found = verdict(look(), "cache", "breakers_open_percent")
    assert (found["level"], found["detail"]) == ("bad", str(os.getpid()))
    service.extensions["counters"].put(("breaker", "open"), 0)
    assert verdict(look(), "cache", "breakers_open_percent")["level"] == "ok"


@pytest.fixture
def outbox(owner: Any) -> Iterator[Any]:
    """The owner's cursor; the outbox is empty."""
    with owner.cursor() as cursor:
        cursor.execute("DELETE FROM cache_outbox")
        yield cursor
        cursor.execute("DELETE FROM cache_outbox")


def test_an_outbox_that_nobody_drains_is_named(look: Look, outbox: Any) -> None:
    assert look()["cache"]["outbox"] == {"rows": 0, "age_seconds": 0}
    outbox.execute(
        "INSERT INTO cache_outbox (tag, created_at)"
        " VALUES ('jobs', now() - interval '9 seconds'), ('companies', now())"
    )
    report = look("outbox_rows=2:2")
    assert verdict(report, "cache", "outbox_rows")["level"] == "bad"
    age = verdict(report, "cache", "outbox_age_seconds")
    assert age["level"] == "warn"
    assert 9 <= age["figure"] < 30


def test_a_full_cache_that_may_not_evict_is_named(look: Look, cache_child: tuple[Any, str]) -> None:
    with redis.Redis.from_url(cache_child[1]) as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "8mb")
    report = look("cache.memory_percent=5:99")
    assert verdict(report, "cache", "memory_percent")["level"] == "warn"
    assert report["cache"]["server"]["eviction_policy"] == "noeviction"


def test_evictions_are_counted(look: Look, cache_child: tuple[Any, str]) -> None:
    with redis.Redis.from_url(cache_child[1]) as client:
        client.config_set("maxmemory", "3mb")
        for number in range(300):
            client.set(f"key-{number}", b"x" * 20_000)
    report = look("evictions_per_second=0.01:0.02")
    assert report["cache"]["server"]["evicted_keys"] > 100
    assert verdict(report, "cache", "evictions_per_second")["level"] == "bad"
