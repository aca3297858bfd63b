"""Where the watchdog looks for its server, and that it finds one that has moved."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import make_url

from src.utils import db_guard, db_places
from src.utils.background import LOOK_SECONDS
from src.utils.db_guard import DatabaseGuard

PORTS = "postgresql://u@/d?host=10.0.0.1:6000&host=10.0.0.2:6001"


@pytest.mark.parametrize(
    ("url", "places"),
    [
        ("postgresql://u@10.0.0.1/d", [("10.0.0.1", 5432)]),
        ("postgresql://u@10.0.0.1:6000/d", [("10.0.0.1", 6000)]),
        (PORTS, [("10.0.0.1", 6000), ("10.0.0.2", 6001)]),
        (
            "postgresql://u@/d?host=10.0.0.1,10.0.0.2&port=6000,6001",
            [("10.0.0.1", 6000), ("10.0.0.2", 6001)],
        ),
        ("postgresql://u@/d?host=/run/pg&port=6000", ["/run/pg/.s.PGSQL.6000"]),
        ("postgresql://u@/d?host=::1", [("::1", 5432)]),
    ],
)
def test_it_looks_where_the_driver_connects(url: str, places: list[Any]) -> None:
    assert [address for _, address in db_places.addresses(make_url(url))] == places


def test_a_name_that_nobody_knows_now_ends_no_start() -> None:
    guard = DatabaseGuard(make_url("postgresql://u@no-such-host.invalid/d"), 3.0)
    guard._ask()
    assert guard.is_down


@pytest.fixture
def server() -> Iterator[int]:
    """The port of what answers the smallest question there is, as PostgreSQL does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line:
                    line.recv(8)
                    line.sendall(b"N")

        threading.Thread(target=answer, daemon=True).start()
        yield listener.getsockname()[1]


def test_who_takes_over_behind_the_same_name_is_found(
    server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup, port = socket.getaddrinfo, [1]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, _, **more: lookup("127.0.0.1", port[0], **more)
    )
    monkeypatch.setattr(db_guard, "AGAIN_SECONDS", 0.0)
    guard = DatabaseGuard(make_url("postgresql://u@primary.example/d"), 3.0)
    guard._ask()
    assert guard.is_down
    port[0] = server
    assert soon(guard, lambda: not guard.is_down)


def line_to(port: int) -> socket.socket:
    line = socket.socket()
    line.connect(("127.0.0.1", port))
    return line


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A connection to a server that has stopped: it lets in who knocks, and never answers."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        line_to(listener.getsockname()[1]) as line,
    ):
        yield line


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseGuard]:
    """One whose server has a name that is not looked up in time."""
    is_over = threading.Event()

    def late(*_: Any, **__: Any) -> list[Any]:
        is_over.wait(6)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", late)
    yield DatabaseGuard(make_url("postgresql://u@primary.example/d"), 3.0)
    is_over.set()


def doubt(guard: DatabaseGuard, line: socket.socket) -> None:
    """Let a statement have waited in what the driver's connection is to the guard."""
    since = time.monotonic() - db_guard.DOUBT_SECONDS
    guard._waiting[0] = db_guard._Waiting(line, db_places.peer(line), since, since + 60)


def soon(guard: DatabaseGuard, happened: Callable[[], bool]) -> bool:
    """Whether it comes to that in time, while the guard looks as its thread does."""
    ends = time.monotonic() + 2
    while time.monotonic() < ends and not happened():
        guard.look()
        time.sleep(LOOK_SECONDS)
    return happened()


def test_whoever_waits_is_freed_in_time_though_no_name_is_looked_up(
    guard: DatabaseGuard, silent: socket.socket
) -> None:
    doubt(guard, silent)
    assert soon(guard, lambda: guard.is_down)
    silent.settimeout(0.5)
    assert silent.recv(1) == b""


def test_a_server_that_answers_again_is_found_though_no_name_is_looked_up(
    guard: DatabaseGuard, server: int
) -> None:
    with line_to(server) as line:
        doubt(guard, line)
        # One who asks at a time: this connection has its answer.
        line.sendall(b"12345678")
        guard.is_down = True
        assert soon(guard, lambda: not guard.is_down)


def test_a_look_waits_for_nobody(guard: DatabaseGuard, silent: socket.socket) -> None:
    doubt(guard, silent)
    looks = []

    def is_down() -> bool:
        looks.append(time.monotonic())
        return guard.is_down

    assert soon(guard, is_down)
    pauses = [later - earlier for earlier, later in pairwise(looks)]
    assert max(pauses) < LOOK_SECONDS + 0.2
