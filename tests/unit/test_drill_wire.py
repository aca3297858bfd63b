"""The drills' client: it tells in which way a request failed, and misses none."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scripts.drills import wire
from scripts.drills.tally import Taken, Tally, longest_gap_seconds, percentile
from scripts.drills.wire import Failure, ask
from src.embedded.guards import free_port

RESET = struct.pack("ii", 1, 0)


@contextmanager
def answering(said: bytes | None) -> Iterator[int]:
    """A port that says this to the first caller and hangs up; None: says nothing."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            caller, _ = listener.accept()
            with caller:
                caller.recv(65536)
                if said is None:
                    over.wait(10)
                caller.sendall(said or b"")
                if said == b"":
                    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join()


def http(status: str, body: str, length: int | None = None) -> bytes:
    stated = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {stated}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"", "reset"), (http("200 OK", "{}", 50), "reset"), (http("503 No", "{}"), "5xx"),
        (http("404 No", "{}"), "wrong status"), (http("200 OK", "{oh"), "wrong body"),
        (None, "timeout"),
    ],
)  # fmt: skip
def test_a_failure_is_told_by_its_kind(
    said: bytes | None, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_SECONDS", 0.3)
    with answering(said) as port, pytest.raises(Failure) as failed:
        ask(port, "GET", "/")
    assert failed.value.kind == kind
    assert kind in wire.KINDS


def test_a_closed_port_refuses() -> None:
    with pytest.raises(Failure) as failed:
        ask(free_port(), "GET", "/")
    assert failed.value.kind == "refused"


def test_a_good_answer_is_read() -> None:
    with answering(http("200 OK", '{"id": 7}')) as port:
        assert ask(port, "GET", "/") == {"id": 7}


def test_a_failed_request_is_counted_and_goes_no_further() -> None:
    tally = Tally()
    for failure in (None, Failure("reset", "cut"), Failure("reset"), Failure("5xx")):
        with tally.counting("search"):
            if failure:
                raise failure
    assert (len(tally), dict(tally.failures)) == (4, {"reset": 2, "5xx": 1})
    assert tally.examples[0] == "search: reset: cut"


def test_the_longest_gap_is_between_answers_of_whatever_kind() -> None:
    taken = [Taken("a", 1.0, 5), Taken("b", 4.5, 5), Taken("a", 2.0, 5)]
    assert longest_gap_seconds(taken) == 2.5
    assert longest_gap_seconds(taken[:1]) == 0.0


def test_a_percentile_is_one_of_the_values() -> None:
    assert [percentile(range(1, 101), share) for share in (0.5, 0.99, 1.0)] == [50, 99, 100]
    assert percentile([], 0.5) == 0.0
