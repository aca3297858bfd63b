"""What the server rolls back to end a deadlock is done again, unless some of it stands already."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from src.database import db, unit_of_work, with_more_tries
from src.embedded.layout import SUPERUSER, Layout
from src.models import Company
from tests import factories as make

IS_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> %s"


class Rival:
    """Another transaction, which has what a move of the application wants last."""

    def __init__(self, url: str, application_id: int) -> None:
        self.connection, self.application_id = psycopg2.connect(url), application_id
        self.cursor = self.connection.cursor()
        # The other one notices the deadlock first, and is rolled back.
        self.cursor.execute("SET deadlock_timeout = '30s'; SET lock_timeout = '30s'")
        self.cursor.execute("SELECT 1 FROM application_counts FOR UPDATE")

    def crosses(self) -> None:
        """Once the other one waits, want what it has; then let all go."""
        waiting = 0
        while not waiting:
            time.sleep(0.02)
            self.cursor.execute(IS_WAITING, (self.connection.get_backend_pid(),))
            [waiting] = self.cursor.fetchone()
        self.cursor.execute(
            "SELECT 1 FROM applications WHERE id = %s FOR UPDATE", (self.application_id,)
        )
        self.connection.commit()


@pytest.fixture
def application(committed: Flask) -> Any:
    application = make.make_application(make.make_job())
    db.session.commit()
    return application


@pytest.fixture
def rival(layout: Layout, application: Any) -> Iterator[Rival]:
    rival = Rival(layout.database_url(SUPERUSER, "committed"), application.id)
    yield rival
    rival.connection.close()


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "one-move"}])
def test_a_move_that_lost_a_deadlock_is_made_after_all(
    committed: Flask, application: Any, rival: Rival, key: dict[str, str]
) -> None:
    owner = make.make_member(db.session.get_one(Company, application.company_id))
    headers = make.headers_for(owner) | key
    db.session.commit()
    path = f"/api/v1/applications/{application.id}/transitions"

    def move() -> Any:
        ask = {"json": {"to": "under_review"}, "headers": headers}
        return committed.test_client().post(path, **ask)

    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(move)
        rival.crosses()
        answer = moving.result(20)
    assert (answer.status_code, answer.json["status"]) == (200, "under_review"), answer.text
    steps = make.rows("SELECT to_status FROM application_log ORDER BY id")
    assert [step.to_status for step in steps] == ["submitted", "under_review"]


def tries(*, commits: bool) -> int:
    """How often a deed is tried that always loses, with or without something committed before."""
    begun = []

    def deed() -> None:
        begun.append(1)
        if commits:
            with unit_of_work():
                pass
        with unit_of_work() as work:
            work.session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))

    with pytest.raises(OperationalError):
        with_more_tries(deed)
    return len(begun)


def test_who_always_loses_gives_up_and_what_stands_is_not_done_twice(committed: Flask) -> None:
    assert tries(commits=False) == 3
    assert tries(commits=True) == 1
