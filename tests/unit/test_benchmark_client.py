"""The load client against small servers of the test."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts.benchmark import load
from scripts.benchmark.bench import Settings
from scripts.benchmark.client import MOST_BROKEN_IN_A_ROW, Counted, Load, Loop, Request
from scripts.benchmark.result import CannotMeasure
from src.embedded.guards import free_port
from tests.served import wait_for

BODY = b"x" * 20_000


class Handler(BaseHTTPRequestHandler):
    """Answers right, or as wrong as its path says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/drops":
            self.close_connection = True
            return
        body = BODY[1:] if self.path == "/short" else BODY
        self.send_response(500 if self.path == "/fails" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Cache", "hit" if self.path == "/hit" else "miss")
        if self.path == "/closes":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A client whose time is up hangs up in the middle: nothing to tell."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def asked(port: int, *paths: str, slack_bytes: int = 0) -> Counted:
    requests = [Request(load.get(path, port), 200, len(BODY), slack_bytes) for path in paths]
    return Loop(Load(port, requests, connections=4, seconds=0.2, mark="X-Cache: hit")).run()


@pytest.mark.parametrize("path", ["/", "/closes"])
def test_right_answers_are_counted_on_kept_and_on_closed_connections(port: int, path: str) -> None:
    counted = asked(port, path)
    assert len(counted.latencies_us) > 4
    assert min(counted.latencies_us) > 0
    assert (counted.wrong, counted.broken) == (0, 0)


@pytest.mark.parametrize("path", ["/fails", "/short"])
def test_an_answer_of_another_status_or_length_is_wrong(port: int, path: str) -> None:
    counted = asked(port, path)
    assert (counted.latencies_us, counted.broken) == ([], 0)
    assert counted.wrong > 0
    assert counted.last_wrong.startswith("HTTP/1.1 ")


def test_a_body_may_be_off_by_its_slack(port: int) -> None:
    assert asked(port, "/short", slack_bytes=1).wrong == 0


def test_a_connection_that_ends_without_an_answer_is_broken(port: int) -> None:
    counted = asked(port, "/drops", "/")
    assert counted.broken > 0
    assert len(counted.latencies_us) > 0


def test_marked_answers_are_counted_among_all(port: int) -> None:
    counted = asked(port, "/hit", "/")
    assert 0 < counted.marked < len(counted.latencies_us)


def test_where_nobody_listens_the_load_gives_up() -> None:
    nowhere = free_port()
    request = Request(load.get("/", nowhere))
    counted = Loop(Load(nowhere, [request], connections=4, seconds=600)).run()
    assert counted.broken >= MOST_BROKEN_IN_A_ROW
    assert counted.seconds < 600


def test_processes_of_the_client_share_the_connections_and_add_up(port: int) -> None:
    whole = Load(port, [Request(load.get("/hit", port))], 5, 0.2, "X-Cache: hit")
    seen = load.put(Settings(client_processes=2), whole)
    assert seen.answers == seen.marked > 5
    assert 0 < seen.p50_ms <= (seen.p95_ms or 0) <= seen.p99_ms


def test_a_server_without_one_right_answer_cannot_be_measured(port: int) -> None:
    wrong = Load(port, [Request(load.get("/fails", port))], 2, 0.1)
    with pytest.raises(CannotMeasure, match="no right answer"):
        load.put(Settings(), wrong)


@pytest.mark.parametrize("closes", ["0", "1"])
def test_the_server_that_shows_the_ceiling_answers_as_it_was_told(
    tmp_path: Path, root: Path, closes: str
) -> None:
    headers, body = [("Content-Length", "5"), ("X-Cache", "hit")], "hello"
    known, where = tmp_path / "answer.json", free_port()
    known.write_text(json.dumps({"headers": headers, "body": body}))
    environ = {**os.environ, "BENCHMARK_ANSWER": str(known), "BENCHMARK_CLOSE": closes}
    command = [sys.executable, "-m", "scripts.benchmark.comparators.sink"]
    with subprocess.Popen(command, cwd=root, env={**environ, "PORT": str(where)}) as sink:
        request = Request(load.get("/", where), 200, len(body))
        wait_for(lambda: Loop(Load(where, [request], 1, 0.05)).run().latencies_us)
        counted = Loop(Load(where, [request], 4, 0.2, "X-Cache: hit")).run()
        sink.kill()
    assert counted.marked == len(counted.latencies_us) > 4
    assert (counted.wrong, counted.broken) == (0, 0)
