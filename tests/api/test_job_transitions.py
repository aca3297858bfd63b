"""Moving a job through its states: every pair of the table, and what each move does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.models.lifecycle import JOB_MOVES, JobStatus
from src.utils import clock
from tests.factories import headers_for, make_company, make_job, make_member, make_user, rows

PAIRS = [(status, to) for status in JobStatus for to in JobStatus]
LEGAL = [(status, to) for status, to in PAIRS if to in JOB_MOVES[status]]
ILLEGAL = [pair for pair in PAIRS if pair not in LEGAL]
MONTH = timedelta(days=30)


def setting(status: str = "draft", **values: Any) -> tuple[int, dict[str, str]]:
    """A job in a status, and the headers of its company's owner."""
    owner = make_user("employer")
    return make_job(make_company(owner), status, **values).id, headers_for(owner)


def move(client: FlaskClient, job: int, headers: dict[str, str], to: str, **more: Any) -> Any:
    return client.post(f"/api/v1/jobs/{job}/transitions", json={"to": to, **more}, headers=headers)


def span(job: dict[str, Any]) -> timedelta:
    begins, ends = (datetime.fromisoformat(job[f"{name}_at"]) for name in ("published", "expires"))
    return ends - begins


@pytest.mark.parametrize(("status", "to"), LEGAL)
def test_every_move_of_the_table_is_made(client: FlaskClient, status: str, to: str) -> None:
    job, headers = setting(status)
    answer = move(client, job, headers, to)
    assert (answer.status_code, answer.json["status"]) == (200, to)


@pytest.mark.parametrize(("status", "to"), ILLEGAL)
def test_every_other_move_is_refused_with_what_is_allowed(
    client: FlaskClient, status: JobStatus, to: str
) -> None:
    job, headers = setting(status)
    answer = move(client, job, headers, to)
    assert answer.status_code == 409
    assert answer.json["allowed"] == [str(allowed) for allowed in JOB_MOVES[status]]


def test_a_move_is_one_row_of_the_log(client: FlaskClient) -> None:
    job, headers = setting("published")
    move(client, job, headers, "paused", reason="Holidays")
    log = rows("SELECT from_status, to_status, reason, by_id FROM job_log"
               " WHERE job_id = :job ORDER BY id", job=job)  # fmt: skip
    assert [tuple(row)[:3] for row in log] == [
        (None, "published", None), ("published", "paused", "Holidays")
    ]  # fmt: skip
    assert log[1].by_id is not None


def test_publishing_a_draft_keeps_the_end_it_plans(client: FlaskClient) -> None:
    ends = clock.now() + timedelta(days=7)
    job, headers = setting("draft", expires_at=ends)
    answer = move(client, job, headers, "published").json
    assert datetime.fromisoformat(answer["expires_at"]) == ends


def test_a_repost_begins_anew_and_remembers_its_first_time(client: FlaskClient) -> None:
    job, headers = setting("closed")
    before = client.get(f"/api/v1/jobs/{job}", headers=headers).json
    after = move(client, job, headers, "published").json
    assert after["published_at"] > before["published_at"]
    assert after["first_published_at"] == before["first_published_at"]
    assert span(after) == MONTH


def test_a_pause_that_ends_keeps_its_dates(client: FlaskClient) -> None:
    job, headers = setting("paused")
    before = client.get(f"/api/v1/jobs/{job}", headers=headers).json
    after = move(client, job, headers, "published").json
    assert (after["published_at"], after["expires_at"]) == (
        before["published_at"], before["expires_at"]
    )  # fmt: skip


def test_a_pause_that_outlasted_the_job_ends_in_a_repost(client: FlaskClient) -> None:
    job, headers = setting("paused", published_at=clock.now() - timedelta(days=50))
    after = move(client, job, headers, "published").json
    assert (after["status"], span(after)) == ("published", MONTH)


def test_what_the_clock_ended_moves_as_expired_and_the_log_says_so(client: FlaskClient) -> None:
    job, headers = setting("published", published_at=clock.now() - timedelta(days=31))
    assert move(client, job, headers, "paused").json["allowed"] == ["published", "archived"]
    assert move(client, job, headers, "published").json["status"] == "published"
    log = rows("SELECT to_status FROM job_log WHERE job_id = :job ORDER BY id", job=job)
    assert [row.to_status for row in log] == ["published", "expired", "published"]


def test_publishing_needs_a_verified_address(client: FlaskClient) -> None:
    owner = make_user("employer", email_verified_at=None)
    job = make_job(make_company(owner), "draft")
    assert move(client, job.id, headers_for(owner), "published").status_code == 403


def test_publishing_needs_an_active_company(client: FlaskClient) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner, status="suspended"), "draft")
    assert move(client, job.id, headers_for(owner), "published").status_code == 409


def test_an_unknown_status_is_refused(client: FlaskClient) -> None:
    job, headers = setting()
    assert "to" in move(client, job, headers, "frozen").json["errors"]


def test_a_move_from_an_old_version_is_refused(client: FlaskClient) -> None:
    job, headers = setting()
    old = headers | {"If-Match": '"7-x"'}
    assert move(client, job, old, "published").status_code == 412


@pytest.mark.parametrize(("role", "expected"), [("recruiter", 200), ("viewer", 403)])
def test_recruiters_move_jobs_and_viewers_do_not(
    client: FlaskClient, role: str, expected: int
) -> None:
    company = make_company()
    headers = headers_for(make_member(company, role=role))
    assert move(client, make_job(company).id, headers, "paused").status_code == expected


def test_a_strangers_job_is_not_there_to_move(client: FlaskClient) -> None:
    _, headers = setting()
    assert move(client, make_job().id, headers, "paused").status_code == 404


def test_a_job_taken_down_is_closed_for_good(client: FlaskClient) -> None:
    job, headers = setting("published")
    admin = headers_for(make_user("admin"))
    path, said = f"/api/v1/jobs/{job}/takedown", {"reason": "Asks for a fee."}
    assert client.post(path, json=said, headers=headers).status_code == 403
    assert client.post(path, json=said, headers=admin).json["status"] == "closed"
    assert client.post(path, json=said, headers=admin).status_code == 200
    refused = move(client, job, headers, "published")
    assert (refused.status_code, refused.json["allowed"]) == (409, ["archived"])
    assert client.get(f"/api/v1/jobs/{job}").status_code == 410
