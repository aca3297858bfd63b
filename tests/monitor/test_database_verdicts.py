"""Each fault of the database is made, and named by the monitor."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from flask import Flask
from sqlalchemy import text

from src.database import db
from src.ops.monitor import thresholds, verdicts
from src.utils.metrics import record
from tests.monitor.conftest import Look, verdict
from tests.served import wait_for

pytestmark = pytest.mark.long

WAITING = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'mail.send', '{}');
UPDATE procrastinate_events SET at = now() - interval '200 seconds';
INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp)
VALUES ('jobs.expire', extract(epoch FROM now())::bigint - 3700)
"""
FAILING = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, scheduled_at)
VALUES ('default', 'mail.send', '{}', 'todo', 3, now() + interval '1 hour'),
       ('default', 'mail.send', '{}', 'doing', 8, NULL),
       ('default', 'mail.send', '{}', 'todo', 0, NULL);
UPDATE procrastinate_jobs SET status = 'failed' WHERE status = 'doing'
"""
SECRET = "grace.hopper@navy.example"


def test_work_that_stands_still_is_named(look: Look, owner: Any) -> None:
    """Nobody takes tasks here, and the clock's last was an hour ago."""
    assert verdict(look(), "database", "tasks_waiting_seconds")["level"] == "ok"
    with owner.cursor() as cursor:
        cursor.execute(WAITING)
    waiting = verdict(look(), "database", "tasks_waiting_seconds")
    silent = verdict(look(), "database", "clock_silent_seconds")
    assert (waiting["level"], silent["level"]) == ("warn", "bad")
    assert waiting["figure"] == pytest.approx(200, abs=30)


def test_tasks_that_fail_again_and_again_are_named(look: Look, owner: Any) -> None:
    assert verdict(look(), "database", "tasks_failing")["level"] == "ok"
    with owner.cursor() as cursor:
        cursor.execute(FAILING)
    failing = verdict(look("tasks_failing=2"), "database", "tasks_failing")
    assert (failing["level"], failing["figure"], failing["detail"]) == (
        "warn", 2, "1 of them given up",
    )  # fmt: skip


def test_a_slow_statement_is_named_without_its_values(service: Flask, look: Look) -> None:
    assert verdict(look(), "database", "slow_statements")["level"] == "ok"
    db.session.execute(text("SELECT pg_sleep(0.06), :name"), {"name": SECRET})
    found = verdict(look(), "database", "slow_statements")
    assert (found["level"], found["figure"]) == ("warn", 1)
    assert "pg_sleep(?)" in found["detail"]
    assert SECRET not in str(look())


def test_an_old_slow_statement_is_forgiven(service: Flask, look: Look) -> None:
    db.session.execute(text("SELECT pg_sleep(0.06)"))
    time.sleep(0.1)
    assert verdict(look("slow_window_seconds=0.05"), "database", "slow_statements")["figure"] == 0
    assert look()["database"]["slow_queries"][0]["count"] == 1


def test_a_full_pool_is_named_by_its_process(service: Flask, look: Look) -> None:
    with db.engine.connect(), db.engine.connect():
        report = look()
    found = verdict(report, "database", "pools_full_percent")
    assert (found["level"], found["figure"]) == ("bad", 100)
    assert f"process {os.getpid()}" in found["detail"]
    (pool,) = report["database"]["pool"]["workers"]
    assert (pool["pid"], pool["in_use"], pool["limit"]) == (os.getpid(), 2, 2)
    assert verdict(look(), "database", "pools_full_percent")["level"] == "ok"


def test_a_pool_that_is_full_for_a_moment_is_not(service: Flask, look: Look) -> None:
    both = [db.engine.connect(), db.engine.connect()]
    timer = threading.Timer(0.03, both[0].close)
    timer.start()
    found = verdict(look(), "database", "pools_full_percent")
    timer.join()
    both[1].close()
    assert found["level"] == "ok"


@pytest.fixture
def planted(owner: Any) -> Iterator[str]:
    """An index whose building failed."""
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE planted AS SELECT 1 AS twice UNION ALL SELECT 1")
        with contextlib.suppress(psycopg2.errors.UniqueViolation):
            cursor.execute("CREATE UNIQUE INDEX CONCURRENTLY uq_planted ON planted (twice)")
        yield "uq_planted"
        cursor.execute("DROP TABLE planted")


def test_an_invalid_index_is_named(look: Look, planted: str) -> None:
    found = verdict(look(), "database", "invalid_indexes")
    assert (found["level"], found["detail"]) == ("bad", planted)
    assert "REINDEX" in found["advice"]


def test_an_unused_index_counts_by_its_size(look: Look, owner: Any) -> None:
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE idle_rows AS SELECT generate_series(1, 20000) AS n")
        cursor.execute("CREATE INDEX ix_idle_rows ON idle_rows (n)")
        found = verdict(look("unused_index_megabytes=0.1"), "database", "unused_index_megabytes")
        cursor.execute("DROP TABLE idle_rows")
    assert found["level"] == "warn"
    assert "ix_idle_rows" in found["detail"]


@pytest.fixture
def blocked(owner: Any) -> Iterator[int]:
    """A statement that waits for a lock; the process of the session that holds it."""
    holder = psycopg2.connect(owner.dsn)
    _run(holder, "LOCK TABLE companies /* for long */")
    statement = f"SELECT '{SECRET}' FROM companies"
    waiter = threading.Thread(target=_run, args=(owner, statement))
    waiter.start()
    yield holder.info.backend_pid
    holder.close()
    waiter.join()


def test_who_waits_for_a_lock_and_who_holds_it_is_named(look: Look, blocked: int) -> None:
    wait_for(lambda: look()["database"]["locks"])
    time.sleep(0.05)
    report = look("lock_wait_seconds=0.01")
    found = verdict(report, "database", "lock_wait_seconds")
    assert found["level"] == "warn"
    assert f"waits for {blocked} (idle in transaction) LOCK TABLE companies" in found["detail"]
    (lock,) = report["database"]["locks"]
    assert lock["fingerprint"] == "SELECT ? FROM companies"
    assert lock["blocked_by"][0]["pid"] == blocked
    assert SECRET not in str(report)


def _run(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_forgotten_transaction_is_named(look: Look, owner: Any) -> None:
    forgotten = psycopg2.connect(owner.dsn, application_name="forgetful")
    _run(forgotten, f"SELECT '{SECRET}'")
    time.sleep(1.1)
    report = look("idle_in_transaction_seconds=0.5", "transaction_seconds=0.5:1")
    forgotten.close()
    idle = verdict(report, "database", "idle_in_transaction_seconds")
    assert idle["level"] == "warn"
    assert "forgetful: SELECT ?" in idle["detail"]
    assert verdict(report, "database", "transaction_seconds")["level"] == "bad"
    assert SECRET not in str(report)


def test_dead_rows_are_named_by_their_table(look: Look, owner: Any) -> None:
    with owner.cursor() as cursor:
        # What the tests before this one have taken out is dead, too.
        cursor.execute("VACUUM")
        cursor.execute("CREATE TABLE churned AS SELECT generate_series(1, 2000) AS n")
        cursor.execute("DELETE FROM churned WHERE n > 500; SELECT pg_stat_force_next_flush()")
        settings = ("least_dead_rows=1000", "dead_rows_percent=60:70")
        wait_for(lambda: verdict(look(*settings), "database", "dead_rows_percent")["detail"], 10)
        found = verdict(look(*settings), "database", "dead_rows_percent")
        cursor.execute("DROP TABLE churned")
    assert (found["level"], found["detail"], found["figure"]) == ("bad", "churned", 75)


def test_connections_are_counted_by_state_and_against_the_most(look: Look, owner: Any) -> None:
    _run(owner, "SELECT 1")
    pool = look()["database"]["pool"]
    assert pool["by_state"]["idle"] >= 1
    assert pool["connections"] <= pool["server_connections"] < pool["max_connections"]
    assert pool["limit"] == 2
    report = look("connections_percent=0.1:0.2", "pool_limit_percent=1:50")
    assert verdict(report, "database", "connections_percent")["level"] == "bad"
    assert verdict(report, "database", "pool_limit_percent")["level"] == "warn"


def test_slow_routes_and_failing_ones_are_named(service: Flask, look: Look) -> None:
    for seconds, status, statements in ((0.001, 200, 1),) * 60 + ((3.0, 503, 90),) * 60:
        labels = ("GET", "/slow" if status == 503 else "/quick")
        record(
            service.extensions["counters"], labels, status=status, seconds=seconds,
            statements=statements, db=0.1,
        )  # fmt: skip
    report = look()
    for name in ("errors_5xx_percent", "p95_ms", "statements_per_request"):
        found = verdict(report, "api", name)
        assert found["level"] == "bad"
        assert "/slow" in found["detail"]
    assert verdict(report, "api", "p95_ms")["figure"] > 2500


def test_a_background_worker_may_use_its_whole_pool(look: Look) -> None:
    report = look()
    report["database"]["pool"]["full"] = [os.getpid()]
    for kind, judged in (("web worker", ["bad"]), ("background worker", [])):
        report["host"]["processes"] = [{"pid": os.getpid(), "kind": kind, "is_stopped": False}]
        found = verdicts.judge(report, thresholds.read([]))
        assert [v.level for v in found if v.name == "pools_full_percent"] == judged


def test_a_background_worker_alone_serves_nobody(look: Look) -> None:
    report = look()
    for kinds, level in (
        (["web worker", "background worker"], "ok"),
        (["background worker"], "bad"),
    ):
        report["host"]["processes"] = [
            {"pid": os.getpid(), "kind": kind, "is_stopped": False} for kind in kinds
        ]
        found = verdicts.judge(report, thresholds.read([]))
        assert [v.level for v in found if v.name == "nobody_serves"] == [level]


def test_what_is_refused_counts_where_hardly_anything_is_answered(look: Look) -> None:
    report = look()
    report["api"]["shed"] = 10_000
    found = verdicts.judge(report, thresholds.read([]))
    assert [v.level for v in found if v.name == "shed_percent"] == ["bad"]
