"""A table that nobody may read costs a worker one wait, not each request one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from flask import Flask
from flask.testing import FlaskClient

from src.utils.background import LOOK_SECONDS
from tests.faults.conftest import Host, Scene
from tests.served import wait_for

# Until the watchdog has looked, and what it then asks has been answered.
SEEN_SECONDS = LOOK_SECONDS + 0.4


@contextmanager
def holding(app: Flask, statement: str) -> Iterator[None]:
    """A transaction that holds what the statement locks, and does nothing."""
    url = app.config["TALENTSPHERE"].migration_database_url
    connection = psycopg2.connect(url.replace("+psycopg2", ""))
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        yield
    finally:
        connection.close()


def asked(caller: FlaskClient, job_id: int, headers: Any = None) -> tuple[int, float]:
    """The status of a job that nobody asked for before, and its seconds."""
    started = time.monotonic()
    answer = caller.get(f"/api/v1/jobs/{job_id}", headers=headers)
    assert answer.status_code == 404 or answer.headers["Retry-After"]
    return answer.status_code, time.monotonic() - started


def test_after_one_wait_a_locked_table_is_refused_at_once_until_it_is_free(
    host: Host, scene: Scene, committed: Flask
) -> None:
    caller = host(background=True)
    scene.warm(caller)
    with holding(committed, "LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE"):
        status, waited = asked(caller, 1001)
        assert status == 503
        wait_for(lambda: asked(caller, 1001)[1] < waited / 2, 10)
        later = [asked(caller, 1002 + number) for number in range(8)]
        assert {status for status, _ in later} == {503}
        assert sum(seconds for _, seconds in later) < waited
        # What needs no locked table is as before.
        assert scene.read(caller) == ("Before", "hit")
        assert caller.get("/api/v1/auth/me", headers=scene.headers).status_code == 200
    wait_for(lambda: asked(caller, 1001)[0] == 404, 10)


def test_a_table_that_tells_who_asks_is_refused_to_them_at_once_too(
    host: Host, scene: Scene, committed: Flask
) -> None:
    caller = host(background=True)
    with holding(committed, "LOCK TABLE memberships IN ACCESS EXCLUSIVE MODE"):
        status, waited = asked(caller, 1001, scene.headers)
        assert status == 503
        wait_for(lambda: asked(caller, 1001, scene.headers)[1] < waited / 2, 10)
        assert asked(caller, 1001)[0] == 404
    wait_for(lambda: asked(caller, 1001, scene.headers)[0] == 404, 10)


def test_a_table_that_somebody_waits_to_lock_is_refused_at_once_too(
    host: Host, scene: Scene, committed: Flask
) -> None:
    caller = host(background=True)
    url = committed.config["TALENTSPHERE"].migration_database_url
    waiting = psycopg2.connect(url.replace("+psycopg2", ""), async_=True)
    while waiting.poll() != psycopg2.extensions.POLL_OK:
        time.sleep(0.01)
    with holding(committed, "SELECT count(*) FROM jobs"):
        waiting.cursor().execute("BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        status, waited = asked(caller, 1001)
        assert status == 503
        wait_for(lambda: asked(caller, 1002)[1] < waited / 2, 10)
        assert asked(caller, 1003)[0] == 503
    waiting.close()


def test_a_locked_row_keeps_nobody_from_reading_or_from_other_rows(
    host: Host, scene: Scene, committed: Flask
) -> None:
    caller = host(background=True)
    with holding(committed, f"SELECT id FROM jobs WHERE id = {scene.job_id} FOR UPDATE"):
        path = f"/api/v1/jobs/{scene.job_id}"
        refused = caller.patch(path, json={"title": "Held"}, headers=scene.headers)
        assert refused.status_code == 503
        time.sleep(SEEN_SECONDS)
        assert asked(caller, 1001)[0] == 404
    scene.rename(caller, "Free")
