"""The bad ways in a process of their own: each as bad as it is told to be, and gone at the end."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from scripts.chaos.proxy import CLEAR
from scripts.chaos.relays import Way, relayed
from src.embedded.process import EmbeddedError


@pytest.fixture
def ways(tmp_path: Path) -> Iterator[dict[str, Way]]:
    """Two, to sockets where a caller is let in, and nobody says anything."""
    sockets = {name: tmp_path / name for name in ("one", "other")}
    with (
        socket.socket(socket.AF_UNIX) as one,
        socket.socket(socket.AF_UNIX) as other,
        relayed(sockets) as made,
    ):
        for listener, path in zip((one, other), sockets.values(), strict=True):
            listener.bind(str(path))
            listener.listen()
        yield made


def is_open(way: Way) -> bool:
    """Whether a caller is neither turned away nor cut off."""
    try:
        with socket.create_connection(("127.0.0.1", way.port), timeout=1) as caller:
            caller.recv(1)
    except TimeoutError:
        return True
    except ConnectionResetError:
        return False
    raise AssertionError("nobody closes it in peace")


def test_one_way_is_bad_while_the_other_is_clear_and_is_clear_again(ways: dict[str, Way]) -> None:
    ways["one"].set("reset")
    assert [is_open(way) for way in ways.values()] == [False, True]
    ways["one"].set(CLEAR)
    assert is_open(ways["one"])


def test_the_relays_are_a_process_of_their_own_that_ends_with_the_bench(tmp_path: Path) -> None:
    with relayed({"one": tmp_path / "one"}) as ways:
        own = psutil.Process(ways["one"].relays.pid)
        listening = {each.laddr.port for each in own.net_connections("tcp")}
        assert ways["one"].port in listening
    assert not own.is_running()


def test_a_mode_that_cannot_be_told_any_more_is_an_error(ways: dict[str, Way]) -> None:
    ways["one"].relays.kill()
    ways["one"].relays.wait()
    with pytest.raises(EmbeddedError, match="the relays have ended"):
        ways["one"].set("reset")
