"""Applications made and moved at the same moment, each caller with a connection of their own."""

import dataclasses
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from src.database import db
from src.embedded.layout import OWNER
from src.main import create_app
from tests.background import queued
from tests.conftest import PlainClient, act_as
from tests.factories import (
    headers_for,
    make_application,
    make_company,
    make_job,
    make_member,
    make_user,
    rows,
)
from tests.served import wait_for

CALLERS = 20
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
Headers = dict[str, str]


@pytest.fixture(scope="module")
def wide_app(committed_app: Flask) -> Iterator[Flask]:
    """The application over the committed database, with room for all callers at once."""
    config = dataclasses.replace(committed_app.config["TALENTSPHERE"], threads=CALLERS)
    app = create_app(config)
    app.test_client_class = PlainClient
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["counters"].close()


@pytest.fixture
def wide(committed: Flask, wide_app: Flask) -> Iterator[Flask]:
    """`wide_app` with its context pushed; what the test wrote is emptied afterwards."""
    with wide_app.app_context():
        yield wide_app
        db.session.remove()


@contextmanager
def held(table: str) -> Iterator[None]:
    """Whoever wants to have a row of the table waits meanwhile."""
    with db.engine.connect() as holder:
        act_as(holder, OWNER)
        holder.execute(text(f"SELECT 1 FROM {table} FOR UPDATE"))
        yield


def waiting() -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(text(WAITING)).scalar_one())


def asked(app: Flask, path: str, body: Any, headers: Headers, heard: list[Any]) -> Any:
    """The last answer to a caller who comes again as long as told to; `heard` gets them all."""
    client = app.test_client()
    while True:
        answer = client.post(path, json=body, headers=headers)
        heard.append(answer)
        if "Retry-After" not in answer.headers:
            return answer
        time.sleep(0.1)


def a_candidate() -> tuple[str, Headers]:
    """Where they apply, and as whom."""
    path, headers = f"/api/v1/jobs/{make_job().id}/applications", headers_for(make_user())
    db.session.commit()
    return path, headers


def test_of_one_candidates_many_applications_at_once_one_is_made(wide: Flask) -> None:
    path, headers = a_candidate()
    with ThreadPoolExecutor(CALLERS) as pool, held("jobs"):
        asking = [pool.submit(asked, wide, path, {}, headers, []) for _ in range(CALLERS)]
        # None of these finds an earlier application.
        wait_for(lambda: waiting() > CALLERS // 2)
    first, *others = sorted((each.result() for each in asking), key=lambda each: each.status_code)
    assert (first.status_code, {each.status_code for each in others}) == (201, {409})
    assert {each.json["url"] for each in others} == {first.headers["Location"]}
    assert [row.id for row in rows("SELECT id FROM applications")] == [first.json["id"]]
    assert len(queued("mail.send")) == 1


def test_with_one_key_many_applications_at_once_are_one_whose_answer_all_get(wide: Flask) -> None:
    path, headers = a_candidate()
    headers, heard = headers | {"Idempotency-Key": "once"}, []
    with ThreadPoolExecutor(CALLERS) as pool, held("jobs"):
        asking = [pool.submit(asked, wide, path, {}, headers, heard) for _ in range(CALLERS)]
        # Each but the one that is under way.
        wait_for(lambda: len(heard) >= CALLERS - 1)
    answers = [each.result() for each in asking]
    assert {each.status_code for each in answers} == {201}
    assert len({each.data for each in answers}) == 1
    assert sum("Idempotency-Replayed" not in each.headers for each in answers) == 1
    # Or 503, where a busy machine let the one under way wait too long.
    assert {each.status_code for each in heard[: CALLERS - 1]} - {503} == {409}
    assert [row.id for row in rows("SELECT id FROM applications")] == [answers[0].json["id"]]
    assert len(queued("mail.send")) == 1


def test_of_two_recruiters_who_move_one_application_at_once_one_does(wide: Flask) -> None:
    company = make_company()
    application = make_application(make_job(company))
    one, other = (headers_for(make_member(company)) for _ in range(2))
    db.session.commit()
    path = f"/api/v1/applications/{application.id}"
    tag = {"If-Match": wide.test_client().get(path, headers=one).headers["ETag"]}
    moves = (("shortlisted", one | tag), ("rejected", other | tag))
    with ThreadPoolExecutor(2) as pool, held("applications"):
        moving = [
            pool.submit(asked, wide, f"{path}/transitions", {"to": to}, headers, [])
            for to, headers in moves
        ]
        wait_for(lambda: waiting() == 2)
    first, second = sorted((each.result() for each in moving), key=lambda each: each.status_code)
    assert (first.status_code, second.status_code) == (200, 412)
    steps = rows("SELECT to_status FROM application_log ORDER BY id")
    assert [step.to_status for step in steps] == ["submitted", first.json["status"]]
