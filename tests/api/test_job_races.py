"""Jobs and their company written at the same time: the read model follows both."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from flask import Flask
from sqlalchemy import text

from src.database import db
from tests.factories import headers_for, make_company, make_job, make_user, rows

RENAME = "UPDATE companies SET name = 'New name'"
PUBLISH = """UPDATE jobs SET status = 'published', published_at = now(), first_published_at = now(),
  expires_at = now() + interval '9 days'"""


def write_behind(app: Flask, first: str, second: str) -> None:
    """Run `second` in another thread while `first` is not committed yet."""
    holder = db.engine.connect()
    holder.execute(text(first))
    waiting = threading.Thread(target=_in_context(app, second))
    waiting.start()
    waiting.join(0.3)
    holder.commit()
    holder.close()
    waiting.join(10)


def _in_context(app: Flask, statement: str) -> Callable[[], None]:
    def run() -> None:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text(statement))

    return run


def test_a_company_is_not_closed_while_a_job_is_being_published(committed: Flask) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    make_job(company, "draft")
    headers = headers_for(owner)
    db.session.commit()
    publishing = db.engine.connect()
    publishing.execute(text(PUBLISH))
    with ThreadPoolExecutor(1) as pool:
        path = f"/api/v1/companies/{company.id}"
        closing = pool.submit(committed.test_client().delete, path, headers=headers)
        wait([closing], 0.5)
        publishing.commit()
        publishing.close()
        assert closing.result(10).status_code == 409


@pytest.mark.parametrize("many", [False, True])
def test_a_job_is_not_published_while_its_company_is_being_closed(
    committed: Flask, many: bool
) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    job, headers = make_job(company, "paused"), headers_for(owner)
    db.session.commit()
    closing = db.engine.connect()
    closing.execute(text("UPDATE companies SET status = 'deleted', slug = 'gone'"))
    path, body = f"/api/v1/jobs/{job.id}/transitions", {"to": "published"}
    if many:
        path, body = "/api/v1/jobs/bulk-actions", {"action": "publish", "job_ids": [job.id]}
    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(committed.test_client().post, path, json=body, headers=headers)
        wait([publishing], 0.5)
        closing.commit()
        closing.close()
        answer = publishing.result(10)
    assert (answer.status_code == 409) != many
    assert [row.status for row in rows("SELECT status FROM jobs")] == ["paused"]


def test_two_companies_of_one_name_are_founded_at_once(committed: Flask) -> None:
    headers = [headers_for(make_user("employer")) for _ in range(4)]
    db.session.commit()

    def found(own: dict[str, str]) -> int:
        body = {"name": "Night House"}
        return committed.test_client().post("/api/v1/companies", json=body, headers=own).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(found, headers)) == [201] * 4
    assert len({row.slug for row in rows("SELECT slug FROM companies")}) == 4


@pytest.mark.parametrize("turned", [False, True])
def test_a_rename_never_brings_a_paused_job_back(committed: Flask, turned: bool) -> None:
    make_job(make_company())
    db.session.commit()
    pause = "UPDATE jobs SET status = 'paused'"
    write_behind(committed, *((RENAME, pause) if turned else (pause, RENAME)))
    assert rows("SELECT status FROM jobs")[0].status == "paused"
    assert rows("SELECT name FROM companies")[0].name == "New name"
    assert rows("SELECT job_id FROM job_search") == []
