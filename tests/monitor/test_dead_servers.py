"""With a server gone or standing still, the monitor names it and tells of the rest at once."""

import os
import signal
import time
from typing import Any

import pytest
from flask import Flask

from src.config import Config
from src.embedded.process import Child
from src.ops.monitor.reading import Monitor
from tests.monitor.conftest import Look, verdict

pytestmark = pytest.mark.long

NOBODY_THERE = "postgresql+psycopg2://nobody@127.0.0.1:1/nothing"


def timed(look: Look, **changes: Any) -> tuple[float, dict[str, Any]]:
    started = time.perf_counter()
    report = look(**changes)
    return time.perf_counter() - started, report


@pytest.mark.parametrize("sent", [signal.SIGSTOP, signal.SIGKILL])
def test_a_dead_cache_is_named_within_a_second(
    look: Look, cache_child: tuple[Child, str], sent: signal.Signals
) -> None:
    usual, _ = timed(look)
    cache_child[0].send_signal(sent)
    if sent == signal.SIGKILL:
        cache_child[0].wait(5)
    seconds, report = timed(look)
    found = verdict(report, "cache", "unreachable")
    assert found["level"] == report["level"] == "bad"
    assert found["detail"]
    assert report["cache"]["state"] == "down"
    assert seconds < 3 * usual + 1
    assert verdict(report, "database", "unreachable")["level"] == "ok"


def test_a_cache_that_is_back_is_well(look: Look, cache_child: tuple[Child, str]) -> None:
    cache_child[0].send_signal(signal.SIGSTOP)
    assert look()["cache"]["state"] == "down"
    cache_child[0].send_signal(signal.SIGCONT)
    report = look()
    assert verdict(report, "cache", "unreachable")["level"] == "ok"
    assert report["cache"]["server"]["version"].startswith(("Valkey", "Redis"))


def test_without_a_cache_nothing_is_wrong_with_it(look: Look) -> None:
    for changes in ({"redis_url": None}, {"cache_enabled": False}):
        report = look(**changes)
        assert report["cache"]["state"] == "off"
        names = {found["name"] for found in report["verdicts"] if found["section"] == "cache"}
        assert "unreachable" not in names


def test_a_dead_database_is_named_and_the_rest_is_told(service: Flask, look: Look) -> None:
    service.test_client().get("/api/v1/job-categories")
    usual, _ = timed(look)
    seconds, report = timed(look, migration_database_url=NOBODY_THERE)
    found = verdict(report, "database", "unreachable")
    assert found["level"] == "bad"
    assert "refused" in found["detail"]
    assert seconds < 3 * usual + 1
    assert report["database"]["pool"]["limit"] == 2
    assert report["api"]["total"]["count"] >= 1
    assert report["cache"]["state"] == "up"


def test_a_connection_that_stands_still_is_replaced(settings: Config) -> None:
    source = Monitor(settings)
    assert source.see(is_first=True).look.database
    with source.engine.connect() as held:
        backend = held.connection.dbapi_connection.info.backend_pid
    os.kill(backend, signal.SIGSTOP)
    started = time.perf_counter()
    try:
        seen = source.see(is_first=False).look
    finally:
        os.kill(backend, signal.SIGCONT)
    source.close()
    assert (seen.database_error, seen.database is not None) == (None, True)
    assert time.perf_counter() - started < 8
