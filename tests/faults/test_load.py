"""Too much at once: what would only wait is refused, and costly work never takes every worker."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from scripts.cache_hunt.wire import Reply
from scripts.chaos.samples import REFUSED_KIND, SHED_KIND, failure_of
from src.errors import Unavailable
from src.routes.shedding import Shedding
from src.utils import load
from src.utils.bulkhead import Bulkheads, Room
from src.utils.load import Load
from tests.factories import headers_for, make_company, make_user


@pytest.fixture
def queue() -> Iterator[tuple[socket.socket, list[socket.socket]]]:
    """A listening socket that nobody accepts from, and those who wait at it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        callers: list[socket.socket] = []
        yield listener, callers
        for caller in callers:
            caller.close()


def call(listener: socket.socket, callers: list[socket.socket], number: int) -> None:
    callers += [socket.create_connection(listener.getsockname()) for _ in range(number)]


def test_those_who_wait_are_counted(queue: tuple[socket.socket, list[socket.socket]]) -> None:
    listener, callers = queue
    assert load.waiting([listener]) == 0
    call(listener, callers, 7)
    assert load.waiting([listener]) == 7
    listener.accept()[0].close()
    assert load.waiting([listener]) == 6


def test_a_burst_waits_and_a_standing_queue_is_refused_until_it_is_gone(
    queue: tuple[socket.socket, list[socket.socket]], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener, callers = queue
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    busy = Load([listener], workers=1, mean_seconds=0.2)
    call(listener, callers, 10)
    assert not busy.must_shed()
    now[0] += 1.1
    assert busy.must_shed()
    while load.waiting([listener]):
        listener.accept()[0].close()
    # Nobody waits any more, but it has only just become so.
    assert not busy.must_shed()
    call(listener, callers, 2)
    assert busy.must_shed()
    while load.waiting([listener]):
        listener.accept()[0].close()
    assert not busy.must_shed()
    now[0] += 1.1
    assert not busy.must_shed()
    call(listener, callers, 2)
    assert not busy.must_shed()


def test_what_is_refused_is_a_problem_with_its_request_id_and_health_is_not(
    app: Flask, client: FlaskClient
) -> None:
    shedding = app.wsgi_app
    assert isinstance(shedding, Shedding)
    usual, shedding._load = shedding._load, Load()
    shedding._load.must_shed = lambda: True  # type: ignore[method-assign]
    refused = client.get("/api/v1/jobs", headers={"X-Request-ID": "me-1"})
    healthy = client.get("/health")
    shedding._load = usual
    assert (refused.status_code, healthy.status_code) == (503, 200)
    assert refused.json["request_id"] == refused.headers["X-Request-ID"] == "me-1"
    assert refused.json["instance"] == "/api/v1/jobs"
    assert "0 statements" in refused.headers["Server-Timing"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 5
    # The bench of faults tells it from a refusal for want of the database.
    replies = [Reply(503, "", body, 0.0, "1") for body in (refused.data, b'{"detail": "Gone."}')]
    assert [failure_of(each) for each in replies] == [SHED_KIND, REFUSED_KIND]


def test_a_kind_of_work_has_its_places_and_no_more(tmp_path: Path) -> None:
    heads = Bulkheads(tmp_path, {"bulk": Room(2), "login": Room(1)})
    with heads.place("bulk"), heads.place("bulk"):
        with pytest.raises(Unavailable), heads.place("bulk"):
            pass
        with heads.place("login"):
            pass
    with heads.place("bulk"):
        pass


def test_one_more_may_wait_for_a_place(tmp_path: Path) -> None:
    heads = Bulkheads(tmp_path, {"login": Room(1, wait_seconds=5.0)})
    taken, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with heads.place("login"):
            taken.set()
            leave.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(5)
    threading.Timer(0.1, leave.set).start()
    with heads.place("login"):
        assert leave.is_set()
    holder.join()


def test_without_a_folder_nobody_is_held_back(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    heads = Bulkheads(tmp_path / "file" / "x", {"bulk": Room(1)})
    with heads.place("bulk"), heads.place("bulk"):
        pass


def test_bulk_work_is_refused_while_its_places_are_taken(app: Flask, client: FlaskClient) -> None:
    owner = make_user("employer")
    company, headers = make_company(owner), headers_for(owner)
    content = {"company_id": company.id, "jobs": [{"title": "One", "description": "x"}]}
    usual = app.extensions["bulkheads"]
    heads = Bulkheads(usual._folder, {"bulk": Room(1), "login": Room(1)})
    app.extensions["bulkheads"] = heads
    with heads.place("bulk"):
        refused = client.post("/api/v1/jobs/bulk", json=content, headers=headers)
        assert client.get("/api/v1/jobs").status_code == 200
    app.extensions["bulkheads"] = usual
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert client.post("/api/v1/jobs/bulk", json=content, headers=headers).status_code == 200
