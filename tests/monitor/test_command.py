"""monitor_performance.py as it is run: by hand, by cron, in a terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from src.ops.monitor import thresholds
from tests import warm
from tests.served import wait_for

pytestmark = pytest.mark.long

# What the machine does beside the tests, and what other tests left in the database's
# statistics, is no subject of these.
CALM = (
    "load_per_core=1000", "host.memory_percent=101", "disk_percent=101", "slow_statements=1000",
    "least_blocks=1e12", "least_dead_rows=1e12", "unused_index_megabytes=1e6",
)  # fmt: skip
SECTIONS = {"host", "database", "cache", "api"}


def run(root: Path, environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    calm = [part for setting in CALM for part in ("--threshold", setting)]
    return warm.run(
        [sys.executable, "monitor_performance.py", *calm, *options], cwd=root, env=environ,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_service_that_is_well_gives_0_and_one_json_object(
    root: Path, environ: dict[str, str]
) -> None:
    done = run(root, environ, "--json", "--strict")
    report = json.loads(done.stdout)
    assert [found for found in report["verdicts"] if found["level"] != "ok"] == []
    assert (report["level"], done.returncode, done.stderr) == ("ok", 0, "")
    assert report.keys() > SECTIONS
    assert {found["section"] for found in report["verdicts"]} >= {"host", "database", "cache"}
    assert report["seconds"] is None


def test_a_warning_fails_only_with_strict(root: Path, environ: dict[str, str]) -> None:
    warned = ("--threshold", "database.pool_limit_percent=0.1:100")
    assert run(root, environ, *warned).returncode == 0
    assert run(root, environ, *warned, "--strict").returncode == 1


def test_what_is_bad_fails_and_is_named(
    root: Path, environ: dict[str, str], cache_child: tuple[Any, str]
) -> None:
    cache_child[0].send_signal(signal.SIGSTOP)
    done = run(root, environ)
    assert done.returncode == 1
    assert "cache unreachable" in done.stdout
    assert "→ start the cache server" in done.stdout


def test_it_says_what_is_missing_and_gives_2(
    root: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    nowhere = {"PATH": environ["PATH"], "TALENTSPHERE_DATA_DIR": str(tmp_path / "none")}
    without = run(root, nowhere)
    assert (without.returncode, without.stdout) == (2, "")
    assert "DATABASE_URL is not set" in without.stderr
    uncounted = run(root, environ | {"TALENTSPHERE_DATA_DIR": str(tmp_path / "none")})
    assert uncounted.returncode == 2
    assert "set TALENTSPHERE_DATA_DIR" in uncounted.stderr


def test_a_service_that_no_longer_runs_is_bad(
    root: Path, environ: dict[str, str], service: Flask
) -> None:
    service.extensions["counters"].close()
    done = run(root, environ, "--json")
    assert done.returncode == 1
    (bad,) = [found for found in json.loads(done.stdout)["verdicts"] if found["level"] == "bad"]
    assert (bad["name"], bad["advice"]) == (
        "processes_counting", "start the service: it does not run"
    )  # fmt: skip


NOT_THERE = ["nothing=1", "cpu_percent", "cpu_percent=x", "api.cpu_percent=1"]


@pytest.mark.parametrize("setting", NOT_THERE)
def test_a_threshold_that_does_not_exist_is_named(setting: str) -> None:
    with pytest.raises(ValueError, match=setting.split("=", maxsplit=1)[0]):
        thresholds.read([setting])


def test_a_threshold_that_does_not_exist_is_refused(root: Path, environ: dict[str, str]) -> None:
    done = run(root, environ, "--threshold", NOT_THERE[0])
    assert done.returncode == 2
    assert "nothing" in done.stderr


def test_a_bound_that_is_not_named_gives_way() -> None:
    changed = thresholds.read(["cpu_percent=99", "hit_percent=5", "memory_percent=1:2"])
    cpu, hits = changed.of("host", "cpu_percent"), changed.of("cache", "hit_percent")
    assert (cpu.warn, cpu.bad) == (99, 99)
    assert (hits.warn, hits.bad) == (5, 5)
    assert [hits.level(figure) for figure in (5.1, 5)] == ["ok", "bad"]
    for section in ("host", "cache"):
        assert changed.of(section, "memory_percent").level(1.5) == "warn"


def test_an_interval_is_two_looks(root: Path, environ: dict[str, str]) -> None:
    report = json.loads(run(root, environ, "--json", "--interval", "0.3").stdout)
    assert 0.3 <= report["seconds"] < 20
    assert "cpu_percent" in {found["name"] for found in report["verdicts"]}


def test_watching_tells_again_and_again_until_it_is_told_to_stop(
    root: Path, environ: dict[str, str]
) -> None:
    with warm.Popen(
        [sys.executable, "monitor_performance.py", "--watch", "0.2", "--json"],
        cwd=root, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as watching:  # fmt: skip
        assert watching.stdout is not None
        first, second = (json.loads(watching.stdout.readline()) for _ in range(2))
        watching.send_signal(signal.SIGINT)
        _, said = watching.communicate(timeout=60)
    assert (watching.returncode, said) == (0, "")
    assert (first["seconds"], second["seconds"] > 0.2) == (None, True)


def test_a_terminal_is_drawn_anew_and_left_as_it_was(root: Path, environ: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    watching = warm.Popen(
        [sys.executable, "monitor_performance.py", "--watch", "0.2"],
        cwd=root, env=environ | {"COLUMNS": "100", "LINES": "40"},
        stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    os.set_blocking(ours, False)
    drawn = bytearray()

    def looks(count: int) -> bool:
        try:
            drawn.extend(os.read(ours, 65536))
        except BlockingIOError:
            return False
        return drawn.count(b"over 0.") >= count

    wait_for(lambda: looks(2))
    watching.send_signal(signal.SIGINT)
    wait_for(lambda: looks(2) or watching.poll() is not None)
    assert watching.wait(60) == 0
    os.set_blocking(ours, True)
    assert b"\x1b[?1049h" in drawn
    assert b"Traceback" not in drawn
    os.close(ours)


def test_the_thresholds_can_be_listed(root: Path, environ: dict[str, str]) -> None:
    listed = json.loads(run(root, environ, "--thresholds", "--json").stdout)
    names = {row["name"] for row in listed}
    assert {"database.invalid_indexes", "cache.hit_percent", "least_requests"} < names


def test_changed_thresholds_are_listed_as_they_are_then(
    root: Path, environ: dict[str, str]
) -> None:
    changed = ("--threshold", "p95_ms=1:2", "--threshold", "least_requests=7")
    listed = json.loads(run(root, environ, "--thresholds", "--json", *changed).stdout)
    rows = {row["name"]: (row["warn"], row["bad"]) for row in listed}
    assert (rows["api.p95_ms"], rows["least_requests"]) == ((1, 2), (7, None))
    refused = run(root, environ, "--thresholds", "--threshold", NOT_THERE[0])
    assert (refused.returncode, refused.stdout) == (2, "")


@pytest.mark.parametrize("setting", ["p95_ms=5:1", "hit_percent=5:50"])
def test_bounds_in_the_wrong_order_are_refused_by_name(setting: str) -> None:
    with pytest.raises(ValueError, match=f"{setting}.*WARN"):
        thresholds.read([setting])


def test_a_second_bound_is_refused_where_there_is_one() -> None:
    with pytest.raises(ValueError, match="least_requests=1:2"):
        thresholds.read(["least_requests=1:2"])
