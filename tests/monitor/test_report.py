"""What is counted between two looks, and how the report stands in a terminal."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from rich.console import Console
from sqlalchemy import text

from src.config import Config
from src.database import db
from src.ops.monitor import reading, thresholds, view
from src.ops.monitor.reading import Monitor
from src.utils.metrics import record
from tests.monitor.conftest import Look

STANDARD = thresholds.read([])


def test_between_two_looks_counts_what_was_between(service: Flask, settings: Config) -> None:
    client, source = service.test_client(), Monitor(settings)
    client.get("/health")
    before = source.see(is_first=True)
    for _ in range(5):
        client.get("/api/v1/job-categories")
    now = source.see(is_first=False)
    report = reading.report(now, before, STANDARD)
    source.close()
    (route,) = report["api"]["routes"]
    assert (route["route"], route["count"]) == ("/api/v1/job-categories", 5)
    assert 0 < report["seconds"] < 30
    for name in ("commits", "blocks_hit"):
        grown = now.look.database[name] - before.look.database[name]
        assert report["database"][name] == grown


def test_only_new_slow_statements_count_between_two_looks(service: Flask, settings: Config) -> None:
    source = Monitor(settings)
    db.session.execute(text("SELECT pg_sleep(0.06)"))
    before = source.see(is_first=True)
    assert reading.report(before, before, STANDARD)["database"]["slow_queries"] == []
    db.session.execute(text("SELECT pg_sleep(0.06)"))
    report = reading.report(source.see(is_first=False), before, STANDARD)
    source.close()
    assert [row["count"] for row in report["database"]["slow_queries"]] == [1]


def printed(report: dict[str, Any], width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    console.print(view.render(report, width, 10))
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_report_fits_the_terminal(service: Flask, look: Look, width: int) -> None:
    counters = service.extensions["counters"]
    counters.add(("cache", "job_search", "hit"), 12345)
    counters.put(("breaker", "open"), 1)
    labels = ("GET", "/api/v1/jobs/<int:job_id>")
    for _ in range(60):
        record(counters, labels, status=503, seconds=4.0, statements=2, db=0.1)
    db.session.execute(text("SELECT pg_sleep(0.06)"))
    shown = printed(look("connections_percent=0.01"), width)
    assert max(map(len, shown.splitlines())) <= width
    assert re.search(r"WARN +database connections_percent", shown)
    assert re.search(r"BAD +cache breakers_open_percent", shown)
    for part in (
        " host ",
        " database ",
        " cache ",
        " api ",
        "SELECT pg_sle",
        "12,345",
        "✗ errors_5xx",
    ):
        assert part in shown


def test_a_report_without_servers_is_shown_too(look: Look) -> None:
    report = look(
        migration_database_url="postgresql+psycopg2://nobody@127.0.0.1:1/x",
        redis_url="redis://127.0.0.1:1",
    )
    shown = printed(report, 100)
    assert shown.count("no answer: ") == 2
    assert "BAD    cache unreachable" in shown


def test_a_wide_terminal_has_sections_side_by_side(look: Look) -> None:
    report = look()
    assert len(printed(report, 160).splitlines()) < len(printed(report, 100).splitlines())
