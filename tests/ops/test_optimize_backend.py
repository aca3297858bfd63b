"""optimize_backend.sh as cron runs it: its exit code tells of now."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from src.embedded.layout import APP, OWNER, Layout
from src.utils import metrics
from src.utils.shared_counters import SharedCounters
from tests.monitor.test_command import CALM
from tests.ops.conftest import NAME

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


def test_an_outage_that_is_over_and_a_cache_that_never_was_fail_nothing(
    counters: SharedCounters, environ: dict[str, str], root: Path
) -> None:
    for _ in range(1000):
        metrics.record(counters, ("GET", "/"), status=503, seconds=0.1, statements=0, db=0)
    quiet = [part for setting in QUIET for part in ("--threshold", setting)]
    command = [str(root / "optimize_backend.sh"), "--interval", "0.1", *quiet]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "there is no cache" in done.stdout
