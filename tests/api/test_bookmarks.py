"""Keeping jobs: PUT and DELETE of a bookmark, and the list of them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from tests.factories import headers_for, make_company, make_job, make_user, rows


@pytest.fixture
def headers(client: FlaskClient) -> dict[str, str]:
    return headers_for(make_user())


def keep(client: FlaskClient, headers: dict[str, str], job: int) -> int:
    return client.put(f"/api/v1/jobs/{job}/bookmark", headers=headers).status_code


def drop(client: FlaskClient, headers: dict[str, str], job: int) -> int:
    return client.delete(f"/api/v1/jobs/{job}/bookmark", headers=headers).status_code


def kept(client: FlaskClient, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/me/bookmarks", query_string=query, headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]  # type: ignore[no-any-return]


def test_a_bookmark_kept_twice_is_one(client: FlaskClient, headers: dict[str, str]) -> None:
    job = make_job()
    assert [keep(client, headers, job.id), keep(client, headers, job.id)] == [204, 204]
    assert [item["id"] for item in kept(client, headers)] == [job.id]
    counted = rows("SELECT bookmarks FROM job_counters WHERE job_id = :job", job=job.id)
    assert counted[0].bookmarks == 1


def test_a_bookmark_dropped_twice_is_none(client: FlaskClient, headers: dict[str, str]) -> None:
    job = make_job()
    keep(client, headers, job.id)
    assert [drop(client, headers, job.id), drop(client, headers, job.id)] == [204, 204]
    assert kept(client, headers) == []


@pytest.mark.parametrize(("status", "expected"), [("draft", 404), ("paused", 404), ("closed", 410)])
def test_only_what_the_caller_sees_is_kept(
    client: FlaskClient, headers: dict[str, str], status: str, expected: int
) -> None:
    assert keep(client, headers, make_job(status=status).id) == expected


def test_no_bookmark_of_what_was_never_there_is_dropped(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    assert drop(client, headers, make_job(status="draft").id) == 404
    assert drop(client, headers, 2**62) == 404


def test_the_list_is_the_newest_kept_first_by_number_and_by_cursor(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    jobs = [make_job().id for _ in range(3)]
    for job in jobs:
        keep(client, headers, job)
    first = client.get("/api/v1/me/bookmarks?page_size=2", headers=headers).json
    rest = kept(client, headers, page_size=2, cursor=first["next_cursor"])
    assert [item["id"] for item in first["items"] + rest] == jobs[::-1]
    assert first["total"] == 3


def test_an_ended_job_stays_in_the_list_with_its_status(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = make_job()
    keep(client, headers, job.id)
    job.status = "closed"
    db.session.flush()
    assert [item["status"] for item in kept(client, headers)] == ["closed"]
    assert client.get(f"/api/v1/jobs/{job.id}", headers=headers).status_code == 200


def test_a_suspended_companys_job_leaves_the_list(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    company = make_company()
    keep(client, headers, make_job(company).id)
    company.status = "suspended"
    db.session.flush()
    assert kept(client, headers) == []


def test_bookmarks_are_for_candidates_and_are_their_own(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    job = make_job()
    keep(client, headers, job.id)
    assert keep(client, headers_for(make_user("employer")), job.id) == 403
    assert keep(client, {}, job.id) == 401
    assert kept(client, headers_for(make_user())) == []
