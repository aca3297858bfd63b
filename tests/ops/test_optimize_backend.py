"""optimize_backend.sh as cron runs it: its exit code tells of now."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from flask import Flask

from src.embedded.layout import APP, OWNER, Layout
from src.utils import metrics
from src.utils.shared_counters import SharedCounters
from tests.monitor.test_command import CALM
from tests.ops.conftest import NAME
from tests.served import is_alive, wait_for

pytestmark = pytest.mark.long

# What is counted in a moment on a busy machine is no subject either.
QUIET = (*CALM, "cpu_percent=1000")


@pytest.fixture
def environ(spare: Flask, layout: Layout, tmp_path: Path) -> dict[str, str]:
    """A service without a cache."""
    config = spare.config["TALENTSPHERE"]
    return {
        "PATH": "/usr/bin:/bin", "SECRET_KEY": config.secret_key, "LOG_LEVEL": "ERROR",
        "DATABASE_URL": layout.database_url(APP, NAME),
        "MIGRATION_DATABASE_URL": layout.database_url(OWNER, NAME),
        "TALENTSPHERE_DATA_DIR": str(tmp_path),
    }  # fmt: skip


@pytest.fixture
def counters(tmp_path: Path) -> Iterator[SharedCounters]:
    """What a process of that service has counted."""
    with closing(SharedCounters(tmp_path / "metrics")) as counters:
        yield counters


def run(root: Path, environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(root / "optimize_backend.sh"), *options]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def quiet() -> list[str]:
    """Options with which the report is short and well."""
    return ["--interval", "0.1", *(part for one in QUIET for part in ("--threshold", one))]


def test_an_outage_that_is_over_and_a_cache_that_never_was_fail_nothing(
    counters: SharedCounters, environ: dict[str, str], root: Path
) -> None:
    for _ in range(1000):
        metrics.record(counters, ("GET", "/"), status=503, seconds=0.1, statements=0, db=0)
    done = run(root, environ, *quiet())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "there is no cache" in done.stdout


@pytest.mark.parametrize("options", [["--help"], ["--interval", "9", "-h"], ["--thresholds"]])
def test_who_asks_for_help_is_helped_and_nothing_is_done(root: Path, options: list[str]) -> None:
    done = run(root, {"PATH": "/usr/bin:/bin"}, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert "==" not in done.stdout
    assert (
        "p95_ms" if "--thresholds" in options else "usage: ./optimize_backend.sh"
    ) in done.stdout


@pytest.mark.parametrize("options", [["--threshold", "foo=1"], ["--watch"], ["--faster"]])
def test_an_option_that_is_wrong_is_refused_before_anything_is_done(
    root: Path, options: list[str]
) -> None:
    done = run(root, {"PATH": "/usr/bin:/bin"}, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert options[-1].partition("=")[0] in done.stderr


def test_json_is_a_line_for_each_step_and_nothing_else(
    counters: SharedCounters, environ: dict[str, str], root: Path
) -> None:
    metrics.record(counters, ("GET", "/"), status=200, seconds=0.1, statements=0, db=0)
    done = run(root, environ, "--json", *quiet())
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["step"] for row in rows] == [
        "schema", "indexes and statistics", "cache", "report"
    ]  # fmt: skip
    assert {row["exit_code"] for row in rows} == {done.returncode} == {0}, done.stdout
    assert rows[3]["said"]["level"] == "ok"
    assert rows[2]["said"].keys() == {"skipped"}


def first_step(pid: int) -> list[psutil.Process]:
    """What the script has begun, once it has read its options."""
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "upgrade" in child.cmdline():
                found.append(child)
    return found


@pytest.mark.parametrize(
    ("sent", "options"), [(signal.SIGTERM, ()), (signal.SIGTERM, ("--json",)), (signal.SIGINT, ())]
)
def test_who_ends_the_script_ends_its_step_at_once(
    environ: dict[str, str], root: Path, sent: signal.Signals, options: tuple[str, ...]
) -> None:
    with subprocess.Popen(
        [str(root / "optimize_backend.sh"), *options], env=environ,
        stdout=subprocess.DEVNULL,
        # A shell starts what runs beside it deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as script:  # fmt: skip
        wait_for(lambda: first_step(script.pid), 60)
        (step, *_) = first_step(script.pid)
        script.send_signal(sent)
        try:
            assert script.wait(20) == 128 + sent
            assert not is_alive(step)
        finally:
            step.kill() if is_alive(step) else None
            script.kill()
