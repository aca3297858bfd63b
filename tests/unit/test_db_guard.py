"""Where the watchdog looks for its server, and that it finds one that has moved."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import make_url

from src.utils import db_guard
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
    assert [address for _, address in db_guard._addresses(make_url(url))] == places


def test_a_name_that_nobody_knows_now_ends_no_start() -> None:
    guard = DatabaseGuard(make_url("postgresql://u@no-such-host.invalid/d"), 3.0)
    guard._ask(10.0)
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
    guard._ask(10.0)
    monkeypatch.setattr(guard, "_refuses_until", 1.0)
    port[0] = server
    guard._asked_at = -1.0
    guard.look()
    assert not guard.is_down
