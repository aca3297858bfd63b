"""Bytes that no honest client sends, to the server itself: each message is answered once, with a
refusal, and takes no memory.
"""

import contextlib
import json
import re
import socket

import pytest

from tests.security.live import Live, bomb, receive

MEBIBYTE = 2**20
HOST = "Host: 127.0.0.1\r\n"
LOGIN = f"POST /api/v1/auth/login HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n"
# What would be answered, too, by a server that takes the end of the first for another request.
HIDDEN = f"GET /api/v1/categories HTTP/1.1\r\n{HOST}\r\n"
SMUGGLED = {
    "a length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
    "a list of lengths": "Content-Length: 2, 40\r\n\r\n{}",
    "a length with a sign": "Content-Length: +2\r\n\r\n{}",
    "a length below nothing": "Content-Length: -2\r\n\r\n{}",
    "an encoding nobody knows": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks twice": "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunks by a tab": "Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "a blank before the colon": "Content-Length : 2\r\n\r\n{}",
    "a folded header": "X-Long: one\r\n Content-Length: 2\r\n\r\n{}",
    "a chunk with no number": "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
    "a chunk with a sign": "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a name with a line feed": "X-One: 1\nContent-Length: 2\r\n\r\n{}",
    "a name with nothing": ": 2\r\n\r\n{}",
}
MANY = "X-Many: 1\r\n"
HEADS = {
    "no method": f" / HTTP/1.1\r\n{HOST}\r\n",
    "an unknown version": f"GET /health HTTP/9.9\r\n{HOST}\r\n",
    "a line that never ends": f"GET /{'x' * 9000} HTTP/1.1\r\n{HOST}\r\n",
    "a hundred headers": f"GET /health HTTP/1.1\r\n{HOST}{MANY * 100}\r\n",
    "a header of 64 kB": f"GET /health HTTP/1.1\r\n{HOST}X-Long: {'x' * 65536}\r\n\r\n",
    "a nul in a header": f"GET /health HTTP/1.1\r\n{HOST}X-Nul: \0\r\n\r\n",
    "the beginning of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + "\r\n\r\n",
}


def statuses(answer: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]


@pytest.mark.parametrize("end", SMUGGLED.values(), ids=SMUGGLED)
def test_one_message_has_one_answer_whatever_is_hidden_in_it(live: Live, end: str) -> None:
    found = statuses(live.send((LOGIN + end + HIDDEN).encode("latin-1")))
    assert len(found) == 1
    assert 400 <= found[0] < 500 or found[0] == 501


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_head_that_is_none_is_refused_and_the_next_caller_served(live: Live, head: str) -> None:
    answer = live.send(head.encode("latin-1"))
    found = statuses(answer)
    assert len(found) == 1
    assert 400 <= found[0] < 500 or found[0] == 505
    said, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in said
    problem = json.loads(body)
    assert problem["status"] == found[0]
    assert f"X-Request-ID: {problem['request_id']}" in said.decode()
    assert "Gunicorn" not in body.decode()
    assert live.ask("GET", "/health").status == 200


@pytest.mark.parametrize(
    "path", ["/api/v1/jobs?q=%0d%0aSet-Cookie:%20a=b", "/api/v1/jobs/%0d%0aX-Evil:%201", "/%0aX"]
)
def test_no_line_of_a_path_becomes_a_header(live: Live, path: str) -> None:
    answer = live.ask("GET", path, X_Request_ID="one two", Origin="https://a.example")
    assert answer.status < 500
    assert not {"set-cookie", "x-evil"} & {name.lower() for name in answer.headers}
    assert " " not in answer.headers["X-Request-ID"]


def pour(live: Live, head: str, piece: bytes, most: int) -> tuple[int, bytes]:
    """How much of a body was taken before the server answered or hung up, and the answer."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as line:
        line.sendall(head.encode())
        sent = 0
        with contextlib.suppress(OSError):
            while sent < most:
                line.sendall(piece)
                sent += len(piece)
        return sent, receive(line)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        ("Transfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + b"x" * MEBIBYTE + b"\r\n"),
        (f"Content-Length: {2 * 2**30}\r\n\r\n", b"x" * MEBIBYTE),
        (f"Content-Length: {2**70}\r\n\r\n", b"x" * MEBIBYTE),
    ],
    ids=["in chunks", "of two gigabytes", "of a length beyond all"],
)
def test_a_body_without_end_is_refused_before_it_is_read(
    live: Live, head: str, piece: bytes
) -> None:
    live.ask("GET", "/health")
    before = live.memory_bytes()
    sent, answer = pour(live, LOGIN + head, piece, 256 * MEBIBYTE)
    # The answer may be lost to the reset that ends what is still being sent.
    assert all(400 <= status < 500 for status in statuses(answer))
    assert sent < 64 * MEBIBYTE
    assert live.memory_bytes() - before < 20 * MEBIBYTE
    assert live.ask("GET", "/health").status == 200


def test_a_packed_bomb_is_not_unpacked(live: Live) -> None:
    before = live.memory_bytes()
    answer = live.ask("POST", "/api/v1/auth/login", bomb(256), Content_Encoding="gzip")
    assert answer.status == 415
    assert live.memory_bytes() - before < 20 * MEBIBYTE


def test_a_caller_who_hangs_up_midway_holds_nobody(live: Live) -> None:
    for _ in range(8):
        with socket.create_connection(("127.0.0.1", live.port)) as line:
            line.sendall(f"{LOGIN}Content-Length: 100\r\n\r\n{{".encode())
    assert live.ask("GET", "/api/v1/job-categories").status == 200
