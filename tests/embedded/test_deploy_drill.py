"""The drill of deploys, in its short form: no request fails while what serves is changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import deploy_drill
from scripts.drills.deploy import Plan
from tests.commands import Said

pytestmark = pytest.mark.long


def drill(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.deploy_drill", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("prepared_servers")
def test_no_request_fails_over_reloads_and_a_restart(root: Path) -> None:
    counts = ("--requests", "1000", "--reloads", "2", "--restarts", "1", "--connections", "2")
    # Else all cores ask and answer as fast as they can, for as long as Gunicorns take to load.
    done = drill(root, *counts, "--pause", "0.015", "--workers", "2", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["requests"] >= 1000
    assert (said["failed"], said["failures"]) == (0, {})
    assert sorted(event["event"] for event in said["events"]) == ["killed", "reload", "reload"]


def test_restarts_are_spread_among_reloads_and_every_second_is_a_hard_one() -> None:
    assert Plan(100, 3, 2, 1).events() == ["reload", "killed", "reload", "ended", "reload"]


@pytest.mark.parametrize(
    "option", ["--requests", "--reloads", "--connections", "--pause", "--workers"]
)
def test_a_count_that_is_none_is_refused_by_name(said: Said, option: str) -> None:
    code, _, errors = said(deploy_drill.main, option, "0")
    assert (code, f"argument {option}" in errors) == (2, True)
