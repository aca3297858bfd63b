"""A request that has taken too long begins no further statement, unless it has written already."""

import socket
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from src import database
from src.database import db
from src.schemas import job_bulk
from src.utils import deadline, load
from src.utils.load import Load
from tests.factories import headers_for, make_company, make_job, make_user

JOBS = "/api/v1/jobs"
Slower = Callable[[float], None]


@pytest.fixture
def slow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slower]:
    """Every statement takes so many seconds of the deadline's time."""
    now, taken = [100.0], [0.0]
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def passed(*_: Any) -> None:
        now[0] += taken[0]

    def slower(seconds: float) -> None:
        taken[0] = seconds

    engine = db.engines[None]
    event.listen(engine, "after_cursor_execute", passed)
    yield slower
    event.remove(engine, "after_cursor_execute", passed)


def title_of(client: FlaskClient, job_id: int) -> str:
    return str(client.get(f"{JOBS}/{job_id}").json["title"])


def test_the_time_in_the_queue_is_read_off_the_connection() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.create_connection(listener.getsockname()) as caller:
            caller.sendall(b"GET / HTTP/1.1\r\n")
            time.sleep(0.3)
            with listener.accept()[0] as connection:
                assert 0.28 <= load.waited_seconds(connection) < 5
                # Whoever waited for a start is not to pay for that again.
                started = Load(serves_since=time.monotonic() - 0.1)
                assert 0.1 <= started.waited_seconds(connection) < 0.28


def test_what_has_waited_too_long_asks_the_database_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load.of_this_process, "waited_seconds", lambda _: 2.3)
    refused = client.get(f"{JOBS}?q=nobody-asked-this-before")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert '"0 statements"' in refused.headers["Server-Timing"]


def test_a_change_that_takes_too_long_is_refused_and_not_made(
    client: FlaskClient, slow: Slower
) -> None:
    owner = make_user("employer")
    job, headers = make_job(make_company(owner), title="Before"), headers_for(owner)
    slow(1.0)
    refused = client.patch(f"{JOBS}/{job.id}", json={"title": "After"}, headers=headers)
    slow(0.0)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert title_of(client, job.id) == "Before"
    done = client.patch(f"{JOBS}/{job.id}", json={"title": "After"}, headers=headers)
    assert (done.status_code, title_of(client, job.id)) == (200, "After")


def test_what_is_committed_is_told_however_long_it_took(
    client: FlaskClient, slow: Slower, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_user("employer")
    job, headers = make_job(make_company(owner), title="Before"), headers_for(owner)
    deliver = database._make_old

    def deliver_late(old: dict[int, str]) -> None:
        deliver(old)
        slow(3.0)
        # A statement of the answer's, on a database that has become slow.
        db.session.execute(database.text("SELECT 1"))
        db.session.execute(database.text("SELECT 1"))

    monkeypatch.setattr(database, "_make_old", deliver_late)
    done = client.patch(f"{JOBS}/{job.id}", json={"title": "After"}, headers=headers)
    assert (done.status_code, done.json["title"]) == (200, "After")


def test_bulk_work_may_take_longer(
    client: FlaskClient, slow: Slower, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_user("employer")
    company, headers = make_company(owner), headers_for(owner)
    read = job_bulk.read_rows

    def read_long(*arguments: Any) -> Any:
        slow(3.0)
        db.session.execute(database.text("SELECT 1"))
        slow(0.3)
        return read(*arguments)

    # A thousand long texts take so long before anything is asked.
    monkeypatch.setattr(job_bulk, "read_rows", read_long)
    jobs = [{"title": f"Nurse {n}", "description": "x"} for n in range(3)]
    content = {"company_id": company.id, "jobs": jobs}
    done = client.post(f"{JOBS}/bulk", json=content, headers=headers)
    assert done.status_code == 200, done.json
    assert [one["status"] for one in done.json["results"]] == ["created"] * 3


def test_bulk_work_ends_as_a_whole_before_its_worker_is_taken_for_hung(
    client: FlaskClient, slow: Slower
) -> None:
    owner = make_user("employer")
    content = {
        "company_id": make_company(owner).id,
        "jobs": [{"title": f"Nurse {n}", "description": "x"} for n in range(3)],
    }
    headers = headers_for(owner)
    # Each has thirty seconds, and there are more than three.
    slow(9.0)
    refused = client.post(f"{JOBS}/bulk", json=content, headers=headers)
    slow(0.0)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    done = client.post(f"{JOBS}/bulk", json=content, headers=headers)
    assert [one["status"] for one in done.json["results"]] == ["created"] * 3
