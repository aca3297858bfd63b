"""Turns at computing an answer, by the locks of the processes that have them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from src.utils.cache_turns import Turns
from tests.served import wait_for

# Its parent has a turn too, and lives on or not: the fork's own is told.
HOLDER = """
import os
import sys
import time
from pathlib import Path
from src.utils.cache_turns import Turns
turns = Turns(Path(sys.argv[1]))
turns.own()
if os.fork():
    os.wait()
else:
    print(os.getpid(), turns.own().decode(), flush=True)
    time.sleep(60)
"""


LOOKER = """
import sys
from pathlib import Path
from src.utils.cache_turns import Turns
print(Turns(Path(sys.argv[1])).has_ended(sys.argv[2].encode()))
"""


@contextmanager
def holder(path: Path, root: Path) -> Iterator[tuple[int, bytes]]:
    """The id of a forked process, and what a turn of it says."""
    command = [sys.executable, "-c", HOLDER, path]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            pid, turn = process.stdout.readline().split()
            yield int(pid), turn
        finally:
            process.kill()


def test_a_turn_is_over_when_its_process_is_killed(tmp_path: Path, root: Path) -> None:
    turns = Turns(tmp_path / "turns")
    with holder(tmp_path / "turns", root) as (pid, turn):
        assert not turns.has_ended(turn)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: turns.has_ended(turn))


def test_a_process_does_not_take_its_own_turn_for_over_and_keeps_it(
    tmp_path: Path, root: Path
) -> None:
    first, second = (Turns(tmp_path / "turns") for _ in range(2))
    own = first.own()
    assert [own == second.own(), first.has_ended(own), second.has_ended(own)] == [
        True, False, False,
    ]  # fmt: skip
    command = [sys.executable, "-c", LOOKER, tmp_path / "turns", own.decode()]
    assert subprocess.run(command, cwd=root, check=True, capture_output=True).stdout == b"False\n"


def test_the_turn_of_another_host_is_not_over(tmp_path: Path) -> None:
    ended = Turns(tmp_path / "there").own().partition(b":")[0] + b":4711"
    assert Turns(tmp_path / "there").has_ended(ended)
    assert not Turns(tmp_path / "here").has_ended(ended)


@pytest.mark.parametrize("turn", [b"", b"1", b"%s", b"%s:", b"%s:-1", b"%s:+3", b"%s:" + b"9" * 19])
def test_what_says_nothing_of_a_process_is_not_over(turn: bytes, tmp_path: Path) -> None:
    turns = Turns(tmp_path / "turns")
    host = turns.own().partition(b":")[0]
    assert not turns.has_ended(turn.replace(b"%s", host))
