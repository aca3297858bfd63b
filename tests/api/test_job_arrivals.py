"""Whichever way a job becomes public, it is noted once as new."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.services import housekeeping
from src.utils import clock
from tests.factories import headers_for, make_company, make_job, make_user, rows
from tests.postings import imported, posting

HOUR = timedelta(hours=1)
COLUMNS = "company_id, title, description, status, published_at, expires_at"


def arrived() -> list[int]:
    return [row.job_id for row in rows("SELECT job_id FROM job_arrivals ORDER BY id")]


def jobs() -> list[int]:
    return [row.id for row in rows("SELECT id FROM jobs ORDER BY id")]


@pytest.mark.parametrize("publish", [True, False])
def test_what_is_published_here_is_noted_and_a_draft_is_not(
    client: FlaskClient, publish: bool
) -> None:
    owner = make_user("employer")
    make_company(owner)
    content = {"title": "Night nurse", "description": "<p>Care.</p>", "publish": publish}
    client.post("/api/v1/jobs", json=content, headers=headers_for(owner))
    assert arrived() == (jobs() if publish else [])


@pytest.mark.parametrize(
    ("was", "to", "is_new"),
    [
        ("draft", "published", True), ("closed", "published", True), ("expired", "published", True),
        ("paused", "published", False), ("published", "paused", False),
    ],
)  # fmt: skip
def test_a_publication_and_a_repost_are_noted_and_the_end_of_a_pause_is_not(
    client: FlaskClient, was: str, to: str, is_new: bool
) -> None:
    owner = make_user("employer")
    job, headers = make_job(make_company(owner), was), headers_for(owner)
    before = arrived()
    path = f"/api/v1/jobs/{job.id}/transitions"
    assert client.post(path, json={"to": to}, headers=headers).status_code == 200
    assert arrived()[len(before) :] == ([job.id] if is_new else [])


def test_a_change_of_a_live_job_is_no_arrival(app: Flask) -> None:
    job = make_job()
    job.title, job.published_at = "Another", clock.now()
    db.session.flush()
    assert arrived() == [job.id]


def test_many_at_once_are_noted_each_once(client: FlaskClient) -> None:
    owner = make_user("employer")
    company, headers = make_company(owner), headers_for(owner)
    content = [
        {"title": f"Nurse {n}", "description": "x", "external_id": str(n), "publish": n > 0}
        for n in range(5)
    ]  # fmt: skip
    body = {"company_id": company.id, "jobs": content}
    client.post("/api/v1/jobs/bulk", json=body, headers=headers)
    assert arrived() == jobs()[1:]
    action = {"job_ids": jobs(), "action": "publish"}
    client.post("/api/v1/jobs/bulk-actions", json=action, headers=headers)
    assert sorted(arrived()) == jobs()


def test_what_is_imported_is_noted_however_old_it_is(owner_app: Flask) -> None:
    imported(*(posting(number, posted_at="2019-05-01T00:00:00Z") for number in range(3)))
    assert arrived() == jobs()


def test_what_is_written_past_the_application_is_noted(owner_app: Flask) -> None:
    company, now = make_company(), clock.now()
    row = f"{company.id}\tNurse\tx\tpublished\t{now}\t{now + 24 * HOUR}\n"
    with db.session.connection().connection.cursor() as cursor:
        cursor.copy_expert(f"COPY jobs ({COLUMNS}) FROM STDIN", io.StringIO(row * 3))
    rows("UPDATE jobs SET status = 'closed' RETURNING 1")
    rows("UPDATE jobs SET status = 'published', published_at = now() RETURNING 1")
    assert arrived() == jobs() * 2


def test_a_job_that_runs_out_is_no_arrival(app: Flask) -> None:
    make_job(published_at=clock.now() - 2 * HOUR, expires_at=clock.now() - HOUR)
    before = arrived()
    assert housekeeping.expire_jobs() == 1
    assert arrived() == before
