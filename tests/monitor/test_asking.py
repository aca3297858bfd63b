"""What the monitor says of a service that it asks over HTTP."""

import socket
import threading
from collections.abc import Iterator

import pytest

from src.ops.monitor import asking


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port where callers are let in, and nobody speaks."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held


def said_by(listener: socket.socket, words: bytes) -> asking.Answer:
    """What is made of a server that says this to whoever comes."""

    def serve() -> None:
        caller, _ = listener.accept()
        with caller:
            caller.recv(4096)
            caller.sendall(words)

    server = threading.Thread(target=serve)
    server.start()
    answer = asking.ask(listener.getsockname())
    server.join()
    return answer


def test_who_lets_callers_wait_for_ever_does_not_answer(listener: socket.socket) -> None:
    answer = asking.ask(listener.getsockname(), deadline_seconds=0.2)
    assert answer.error == "no answer within 0.2 s"


def test_a_port_where_nobody_listens_does_not_answer() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert asking.ask(probe.getsockname()).error == "Connection refused"


def test_an_error_is_no_answer_and_a_refusal_is_one(listener: socket.socket) -> None:
    assert said_by(listener, b"HTTP/1.1 502 Bad Gateway\r\n\r\n").error == "status 502"
    assert said_by(listener, b"HTTP/1.1 400 Bad Request\r\n\r\n").error is None
    assert said_by(listener, b"hello\r\n").error == "BadStatusLine"
