"""GET /employer/jobs: a member's own companies, in all states."""

import time
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.utils import clock
from tests.factories import (
    headers_for,
    key_headers,
    make_application,
    make_company,
    make_job,
    make_member,
    make_user,
)


def listed(client: FlaskClient, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/employer/jobs", query_string=query, headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]  # type: ignore[no-any-return]


def test_members_list_their_jobs_in_all_states_newest_first(client: FlaskClient) -> None:
    company = make_company()
    make_job()
    jobs = [make_job(company, status).id for status in ("draft", "published", "archived")]
    headers = headers_for(make_member(company, role="viewer"))
    assert [item["id"] for item in listed(client, headers)] == jobs[::-1]


def test_each_row_carries_its_counts_and_version(client: FlaskClient) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner))
    make_application(job)
    row = listed(client, headers_for(owner))[0]
    assert (row["application_count"], row["view_count"], row["bookmark_count"]) == (1, 0, 0)
    assert (row["version"], row["title"]) == (job.version, job.title)


def test_the_status_filter_goes_by_the_clock(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    over = make_job(company, published_at=clock.now() - timedelta(days=31))
    live, draft = make_job(company), make_job(company, "draft")
    headers = headers_for(owner)
    assert [item["id"] for item in listed(client, headers, status="expired")] == [over.id]
    found = {item["id"] for item in listed(client, headers, status="published,draft")}
    assert found == {live.id, draft.id}


def test_an_answer_that_is_kept_does_not_outlive_the_end_of_a_job(committed: Flask) -> None:
    owner = make_user("employer")
    company, ends_at = make_company(owner), clock.now() + timedelta(seconds=1)
    make_job(company, expires_at=ends_at)
    # Alone on its page, and it goes on.
    make_job(company)
    headers = headers_for(owner)
    db.session.commit()

    def totals() -> list[int]:
        asked = (f"status={status}&page_size=1" for status in ("expired", "published"))
        paths = (f"/api/v1/employer/jobs?{query}" for query in asked)
        answers = [committed.test_client().get(path, headers=headers) for path in paths]
        return [answer.json["total"] for answer in answers]

    assert totals() == [0, 2]
    time.sleep((ends_at - clock.now()).total_seconds() + 0.1)
    assert totals() == [1, 1]


def test_one_company_of_several_is_asked_for(client: FlaskClient) -> None:
    owner = make_user("employer")
    first, second = make_company(owner), make_company(owner)
    job, _ = make_job(first), make_job(second)
    headers = headers_for(owner)
    assert [item["id"] for item in listed(client, headers, company_id=first.id)] == [job.id]
    assert len(listed(client, headers)) == 2


def test_a_strangers_company_is_not_there(client: FlaskClient) -> None:
    company = make_company()
    headers = headers_for(make_user("employer"))
    answer = client.get(f"/api/v1/employer/jobs?company_id={company.id}", headers=headers)
    assert answer.status_code == 404
    assert listed(client, headers) == []


def test_the_list_is_for_employers_and_keys_with_the_scope(client: FlaskClient) -> None:
    owner = make_user("employer")
    for headers, expected in (
        ({}, 401),
        (headers_for(make_user()), 403),
        (key_headers(owner, ["applications:read"]), 403),
        (key_headers(owner, ["jobs:read"]), 200),
    ):
        assert client.get("/api/v1/employer/jobs", headers=headers).status_code == expected


def test_the_list_shows_its_own_company_a_hidden_salary(client: FlaskClient) -> None:
    owner = make_user("employer")
    hidden = {"salary_currency": "EUR", "salary_period": "year", "salary_is_visible": False}
    make_job(make_company(owner), salary_min=50_000, **hidden)
    salary = listed(client, headers_for(owner))[0]["salary"]
    assert (salary["min"], salary["is_visible"]) == (50_000, False)
