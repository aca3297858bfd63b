"""The drill of slow callers, but for its nginx, which the command names when it is not there."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from scripts import slow_drill
from scripts.drills import programs
from scripts.drills.healthy_callers import Healthy
from scripts.drills.slow import AMONG_SLOW, CALM, Outcome, Plan
from scripts.drills.slow_callers import held
from scripts.drills.tally import Taken, Tally
from scripts.drills.target import Target
from tests.commands import Said

PLAN = Plan(slow=100, rate=40.0, seconds=30.0)


class Server:
    """Takes connections and answers none; ends them when it is told to."""

    def __init__(self, listener: socket.socket) -> None:
        self.port = int(listener.getsockname()[1])
        self.seen: list[socket.socket] = []
        self._listener = listener

    def take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.seen.append(self._listener.accept()[0])

    def end_all(self) -> bool:
        """Never true, so that it can be done while something is waited for."""
        for connection in self.seen:
            connection.close()
        return False


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        server = Server(listener)
        thread = threading.Thread(target=server.take)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        server.end_all()


def test_slow_callers_begin_three_kinds_of_requests_and_come_back_when_they_are_sent_away(
    server: Server,
) -> None:
    with held(Target(server.port), 9) as opened:
        until(lambda: opened() == 9 == len(server.seen))
        said = {connection.recv(1000).split(b"\r\n\r\n")[-1] for connection in server.seen}
        assert len(said) == 3, said
        server.end_all()
        until(lambda: opened() == 9 and len(server.seen) == 18)


def test_a_healthy_request_that_is_broken_off_is_counted_and_the_next_is_made(
    server: Server,
) -> None:
    tally = Tally()
    with Healthy(Target(server.port), ["/"], 40.0, tally, CALM):
        until(lambda: server.end_all() or len(tally) > 10)
    assert tally.failures == {"reset": len(tally)}


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def outcome(calm_ms: float, slow_ms: float, *, held: float = 100.0, failed: int = 0) -> Outcome:
    tally = Tally()
    tally.taken = [Taken(CALM, 1.0, calm_ms)] * 200 + [Taken(AMONG_SLOW, 1.0, slow_ms)] * 200
    tally.failures.update({"5xx": failed} if failed else {})
    return Outcome(tally, held)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (outcome(10.0, 12.0), None),
        (outcome(10.0, 12.1), "p99 1.21 times as long, above 1.2"),
        (outcome(10.0, 10.0, failed=1), "1 healthy requests failed"),
        (outcome(10.0, 10.0, held=94.0), "only 94 of 100 slow connections were open"),
    ],
)
def test_the_drill_is_passed_when_healthy_callers_notice_nothing_of_slow_ones_that_are_there(
    seen: Outcome, words: str | None
) -> None:
    assert seen.missed(PLAN) == ([words] if words else [])


def test_without_nginx_its_package_is_named_before_anything_is_started(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(programs, "_PLACES", "")
    code, _, errors = said(slow_drill.main)
    assert (code, "apt-get install nginx" in errors) == (2, True)
