"""The page that the processes of a host share."""

import subprocess
import sys
import time
from pathlib import Path

from src.utils.cache_state import SharedState
from tests.served import wait_for

DOUBTER = """
import sys
import time
from pathlib import Path
from src.utils.cache_state import SharedState
state = SharedState(Path(sys.argv[1]))
while True:
    state.doubt()
"""


def test_a_doubt_that_came_later_is_not_cleared(tmp_path: Path) -> None:
    state = SharedState(tmp_path / "state")
    state.doubt()
    seen = state.suspect
    state.doubt()
    state.clear(seen)
    assert not state.is_clear
    state.clear(state.suspect)
    assert state.is_clear


def test_there_is_room_on_the_disk_for_the_page(tmp_path: Path) -> None:
    SharedState(tmp_path / "state")
    assert (tmp_path / "state").stat().st_blocks > 0


def test_another_process_sees_the_doubt(tmp_path: Path) -> None:
    state = SharedState(tmp_path / "state")
    SharedState(tmp_path / "state").doubt()
    assert not state.is_clear


def test_one_process_at_a_time_takes_its_turn_and_keeps_nobody_out(tmp_path: Path) -> None:
    first, second = (SharedState(tmp_path / "state") for _ in range(2))
    assert [first.takes_turn(0.3), second.takes_turn(0.3), first.takes_turn(0.3)] == [
        True, False, False,
    ]  # fmt: skip
    time.sleep(0.3)
    assert second.takes_turn(0.3)


def test_a_doubt_is_not_taken_for_clear_while_it_is_written(tmp_path: Path, root: Path) -> None:
    state = SharedState(tmp_path / "state")
    state.doubt()
    doubter = subprocess.Popen([sys.executable, "-c", DOUBTER, tmp_path / "state"], cwd=root)
    try:
        wait_for(lambda: state.suspect > 100)
        deadline = time.monotonic() + 1.5
        while time.monotonic() < deadline:
            assert not any(state.is_clear for _ in range(10_000))
    finally:
        doubter.kill()
        doubter.wait()
