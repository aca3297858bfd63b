"""A served instance, looked at from a second shell."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from src.ops.monitor import asking, host
from src.utils import figures
from src.utils.shared_counters import CounterFiles
from tests import warm
from tests.served import Instance, run_file, shared, standing_still, wait_for

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def shared_instance(
    tmp_path_factory: pytest.TempPathFactory, first_start: Path
) -> Iterator[Instance]:
    """One of this file's own: what anybody has asked of it is counted."""
    with shared(tmp_path_factory, first_start) as served:
        yield served


def monitor(root: Path, data_dir: Path, run: Any = warm.run) -> tuple[int, dict[str, Any], float]:
    """The exit code, the report, and the seconds it took."""
    started = time.monotonic()
    environ = {"TALENTSPHERE_DATA_DIR": str(data_dir), "PATH": os.environ["PATH"]}
    done = run(
        [sys.executable, "monitor_performance.py", "--json"], cwd=root, env=environ,
        capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout), time.monotonic() - started


def metrics(port: int) -> tuple[str, float]:
    started = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode(), time.monotonic() - started


def named(report: dict[str, Any], level: str) -> set[str]:
    return {f"{v['section']} {v['name']}" for v in report["verdicts"] if v["level"] == level}


def test_the_monitor_finds_the_instance_by_its_run_file(
    shared_instance: Instance, root: Path
) -> None:
    _, data_dir, port = shared_instance
    # The background worker starts after the first answer.
    wait_for(lambda: len(list((data_dir / "metrics").glob("*.db"))) == 2)
    _, report, _ = monitor(root, data_dir)
    kinds = [process["kind"] for process in report["host"]["processes"]]
    assert sorted(kinds) == [
        "background worker", "cache", "gunicorn", "postgres", "supervisor", "web worker"
    ]  # fmt: skip
    assert len(report["database"]["pool"]["workers"]) == 2
    assert report["cache"]["state"] == "up"
    (ready,) = report["api"]["routes"]
    assert ready["route"] == "/health/ready"
    text, _ = metrics(port)
    assert f'route="/health/ready",status="200"}} {ready["count"]}.0' in text
    assert "database_up 1.0" in text


def test_without_a_run_file_processes_are_known_by_what_counts(shared_instance: Instance) -> None:
    _, data_dir, _ = shared_instance
    (worker, *_) = figures.workers(CounterFiles(data_dir / "metrics").slots())
    found = host.figures(data_dir, [worker["pid"]], {}, None)
    kinds = {process["kind"]: process for process in found["processes"]}
    assert kinds.keys() == {"gunicorn", "web worker"}
    assert kinds["web worker"]["pid"] == worker["pid"]
    assert kinds["web worker"]["rss_bytes"] > 20_000_000


def test_servers_that_stand_still_are_named_in_time(shared_instance: Instance, root: Path) -> None:
    _, data_dir, port = shared_instance
    pids = run_file(data_dir)["pids"]
    _, _, usual = monitor(root, data_dir, subprocess.run)
    with standing_still(psutil.Process(pids["postgres"]), psutil.Process(pids["cache"])):
        code, report, seconds = monitor(root, data_dir, subprocess.run)
        scrapes = [metrics(port) for _ in range(2)]
    assert code == 1
    assert {"database unreachable", "cache unreachable"} <= named(report, "bad")
    assert seconds < 3 * usual + 4
    assert all("database_up 0.0" in text and took < 8 for text, took in scrapes)
    assert "database unreachable" not in named(monitor(root, data_dir)[1], "bad")
    # The instance itself knows it at its next look.
    wait_for(lambda: "database_up 1.0" in metrics(port)[0], 3)


def test_a_service_that_stands_still_is_bad_and_what_is_stopped_is_named(
    shared_instance: Instance, root: Path
) -> None:
    _, data_dir, port = shared_instance
    gunicorn = psutil.Process(run_file(data_dir)["pids"]["gunicorn"])
    frozen = [gunicorn, *gunicorn.children()]
    with standing_still(gunicorn):
        code, report, _ = monitor(root, data_dir)
    assert code == 1
    assert {"host nobody_answers", "host processes_stopped"} <= named(report, "bad")
    details = {found["name"]: found["detail"] for found in report["verdicts"]}
    assert details["nobody_answers"] == f"127.0.0.1:{port}: no answer within 5 s"
    assert all(f" {process.pid}" in details["processes_stopped"] for process in frozen)
    assert not {"host nobody_answers", "host processes_stopped"} & named(
        monitor(root, data_dir)[1], "bad"
    )


def test_without_a_run_file_the_service_is_asked_where_it_listens(
    shared_instance: Instance,
) -> None:
    _, data_dir, port = shared_instance
    (worker, *_) = figures.workers(CounterFiles(data_dir / "metrics").slots())
    found = host.figures(data_dir, [worker["pid"]], {}, None)
    assert asking.place(None, found["processes"]) == ("127.0.0.1", port)


def postgres_row(data_dir: Path) -> dict[str, Any]:
    """PostgreSQL in the table of processes."""
    pids = {"postgres": run_file(data_dir)["pids"]["postgres"]}
    (row,) = host.figures(data_dir, [], pids, None)["processes"]
    return dict(row)


def test_the_work_of_a_session_counts_for_postgres_while_it_lasts_and_after(
    shared_instance: Instance,
) -> None:
    _, data_dir, _ = shared_instance
    url = run_file(data_dir)["migration_database_url"]
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM generate_series(1, 3000000)")
        session = psutil.Process(connection.info.backend_pid)
        worked = sum(session.cpu_times()[:2])
        during = postgres_row(data_dir)["cpu_seconds"]
    wait_for(lambda: not session.is_running())
    assert worked <= during <= postgres_row(data_dir)["cpu_seconds"]
