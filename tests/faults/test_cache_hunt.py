"""The hunt for stale answers: what it catches, what it lets pass, what it leaves behind."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from scripts.cache_hunt.subject import Subject
from scripts.cache_hunt.wire import Reply
from tests.served import wait_for


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "scripts.cache_hunt", *options]


def hunted(root: Path, *options: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        command("--json", *options), cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def subject(*, acked: int, begun: int) -> Subject:
    made = Subject("toggled", lambda *_: Reply(200, "", b"", 0.0), lambda version: version % 2 == 0)
    made.acked, made.begun = acked, begun
    return made


@pytest.mark.usefixtures("prepared_servers")
def test_deleting_after_the_commit_is_caught(root: Path) -> None:
    code, found = hunted(root, "--naive", "--seconds", "40")
    assert (code, found["stale_reads"] > 0) == (0, True)
    assert {example["cache"] for example in found["stale_examples"]} == {"hit"}


@pytest.mark.usefixtures("prepared_servers")
def test_tokens_pass_while_the_server_hangs_again_and_again(root: Path) -> None:
    code, found = hunted(root, "--fault", "stop", "--seconds", "8")
    assert (code, found["stale_reads"], found["server_errors"]) == (0, 0, 0)
    assert found["x_cache"]["hit"] > 0
    assert found["x_cache"]["bypass"] > 0


@pytest.mark.usefixtures("prepared_servers")
def test_an_interrupted_hunt_leaves_nothing_running(root: Path) -> None:
    hunt = subprocess.Popen(command("--fault", "stop"), cwd=root, stderr=subprocess.DEVNULL)
    own = psutil.Process(hunt.pid)
    # PostgreSQL, Valkey, and two instances.
    wait_for(lambda: len(own.children()) >= 4, 60)
    started = own.children(recursive=True)
    hunt.send_signal(signal.SIGINT)
    try:
        assert hunt.wait(60) == 130
    finally:
        hunt.kill()
        hunt.wait()
    assert not [each for each in started if each.is_running() and each.status() != "zombie"]


@pytest.mark.parametrize(
    ("seen", "behind"), [(True, None), (False, 1)], ids=["as acknowledged", "as it was before"]
)
def test_a_read_is_stale_when_it_shows_less_than_was_acknowledged(
    seen: bool, behind: int | None
) -> None:
    quiet = subject(acked=2, begun=2)
    assert quiet.judge(seen, quiet.acked, quiet.begun) == behind


def test_a_read_beside_a_write_may_show_either() -> None:
    writing = subject(acked=2, begun=3)
    assert [writing.judge(seen, 2, 3) for seen in (True, False)] == [None, None]


def test_what_never_was_is_told_apart_from_what_is_old() -> None:
    assert subject(acked=2, begun=2).judge("something else", 2, 2) == 0
