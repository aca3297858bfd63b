"""POST /jobs/bulk and /jobs/bulk-actions: many jobs, each judged by itself."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.models import Company, User
from src.queries import limits as limit_queries
from tests.factories import (
    headers_for,
    make_application,
    make_company,
    make_job,
    make_member,
    make_user,
    rows,
)

APPLY = "INSERT INTO applications (job_id, company_id, candidate_id) VALUES (%s, %s, %s)"
WAITS = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


@pytest.fixture
def owner(client: FlaskClient) -> User:
    return make_user("employer")


@pytest.fixture
def company(owner: User) -> Company:
    return make_company(owner)


@pytest.fixture
def headers(owner: User, company: Company) -> dict[str, str]:
    return headers_for(owner)


def row(external_id: str | None = None, **more: Any) -> dict[str, Any]:
    given = {} if external_id is None else {"external_id": external_id}
    return {"title": "Night nurse", "description": "<p>Care.</p>", **given, **more}


def send(
    client: FlaskClient, headers: dict[str, str], company: Company, *jobs: Any, **more: Any
) -> Any:
    content = {"company_id": company.id, "jobs": list(jobs), **more}
    return client.post("/api/v1/jobs/bulk", json=content, headers=headers)


def outcomes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [result["status"] for result in answer.json["results"]]


def act(client: FlaskClient, headers: dict[str, str], action: str, *jobs: Any) -> Any:
    content = {"job_ids": [getattr(job, "id", job) for job in jobs], "action": action}
    return client.post("/api/v1/jobs/bulk-actions", json=content, headers=headers)


def test_rows_are_created_then_unchanged_then_updated(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    salary = {"min": 10.5, "currency": "EUR", "period": "hour"}
    one, two = row("A", salary=salary, skills=["Triage"]), row("B")
    assert outcomes(send(client, headers, company, one, two)) == ["created", "created"]
    assert outcomes(send(client, headers, company, one, two)) == ["unchanged", "unchanged"]
    answer = send(client, headers, company, one, {**two, "title": "Day nurse"})
    assert outcomes(answer) == ["unchanged", "updated"]
    assert (answer.json["unchanged"], answer.json["updated"]) == (1, 1)


def test_an_unchanged_row_keeps_its_version_and_its_log(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    for _ in range(3):
        job = send(client, headers, company, row("A", publish=True)).json["results"][0]["id"]
    assert client.get(f"/api/v1/jobs/{job}").json["version"] == 1
    assert len(rows("SELECT 1 FROM job_log WHERE job_id = :job", job=job)) == 1


def test_a_bad_row_loses_no_other(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    bad = [
        row(title=" "),
        row(salary={"min": 9, "max": 1, "currency": "EUR", "period": "year"}),
        row(category_id=2**62),
        row(company_id=company.id + 1),
        row(expires_at="2020-01-01T00:00:00Z"),
        "no object",
    ]
    answer = send(client, headers, company, *bad, row("A"))
    assert outcomes(answer) == ["failed"] * 6 + ["created"]
    named = [next(iter(result["errors"])) for result in answer.json["results"][:6]]
    assert named == ["title", "salary.max", "category_id", "company_id", "expires_at", "body"]


def test_the_later_of_two_rows_with_one_external_id_fails(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    answer = send(client, headers, company, row("A"), row("A", title="Other"), row(), row())
    assert outcomes(answer) == ["created", "failed", "created", "created"]
    assert "external_id" in answer.json["results"][1]["errors"]


def test_a_row_that_fails_takes_its_external_id_from_no_later_one(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    for number, wrong in enumerate(({"category_id": 99_999_999}, {"title": " "})):
        name = f"d{number}"
        answer = send(client, headers, company, row(name, **wrong), row(name), row(name))
        assert outcomes(answer) == ["failed", "created", "failed"]
        assert list(answer.json["results"][2]["errors"]) == ["external_id"]


def test_a_dry_run_tells_and_writes_nothing(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    answer = send(client, headers, company, row("A"), row(title=""), dry_run=True)
    assert outcomes(answer) == ["created", "failed"]
    assert rows("SELECT 1 FROM jobs WHERE company_id = :id", id=company.id) == []


def test_a_row_that_publishes_is_found_at_once(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    answer = send(client, headers, company, row("A", title="Zookeeper", publish=True), row("B"))
    found = client.get("/api/v1/jobs?q=zookeeper").json["items"]
    assert [job["id"] for job in found] == [answer.json["results"][0]["id"]]
    assert found[0]["expires_at"] > found[0]["published_at"]


def test_without_a_verified_address_only_drafts_are_written(client: FlaskClient) -> None:
    user = make_user("employer", email_verified_at=None)
    company = make_company(user)
    answer = send(client, headers_for(user), company, row(publish=True), row())
    assert outcomes(answer) == ["failed", "created"]
    assert "publish" in answer.json["results"][0]["errors"]


def test_bulk_is_for_writers_of_the_company(client: FlaskClient, company: Company) -> None:
    viewer = headers_for(make_member(company, role="viewer"))
    assert send(client, viewer, company, row()).status_code == 403
    assert send(client, headers_for(make_user("employer")), company, row()).status_code == 404
    assert send(client, headers_for(make_user()), company, row()).status_code == 403


@pytest.mark.parametrize("count", [0, 1001])
def test_a_bulk_has_one_to_a_thousand_rows(
    client: FlaskClient, headers: dict[str, str], company: Company, count: int
) -> None:
    answer = send(client, headers, company, *[row()] * count)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["jobs"])


def test_a_company_has_a_limit_of_bulks_a_minute(
    client: FlaskClient, headers: dict[str, str], company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = replace(limit_queries.BULKS, most=1)
    monkeypatch.setattr(limit_queries, "BULKS", one)
    assert send(client, headers, company, row()).status_code == 200
    refused = send(client, headers, company, row())
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_the_limit_is_that_of_the_company_whose_jobs_they_are(
    client: FlaskClient, headers: dict[str, str], owner: User, company: Company,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one = replace(limit_queries.BULKS, most=1)
    monkeypatch.setattr(limit_queries, "BULKS", one)
    other = make_company(owner)
    of_one, of_other = make_job(company), make_job(other)
    found = [act(client, headers, "pause", job).status_code for job in (of_other, of_one, of_other)]
    assert found == [200, 200, 429]


@pytest.mark.parametrize(
    ("action", "moved", "status"),
    [
        ("publish", {"draft", "paused", "closed", "expired"}, "published"),
        ("pause", {"published"}, "paused"),
        ("close", {"published", "paused"}, "closed"),
        ("archive", {"draft", "paused", "closed", "expired"}, "archived"),
    ],
)
def test_an_action_moves_what_the_table_allows(
    client: FlaskClient,
    headers: dict[str, str],
    company: Company,
    action: str,
    moved: set[str],
    status: str,
) -> None:
    states = ("draft", "published", "paused", "closed", "expired", "archived")
    jobs = {state: make_job(company, state) for state in states}
    answer = act(client, headers, action, *jobs.values()).json
    assert answer["updated"] == len(moved)
    refused = [jobs[state].id for state in states if state not in moved]
    assert answer["skipped"] == [{"id": job, "reason": "not_allowed"} for job in refused]
    listed = client.get(f"/api/v1/employer/jobs?status={status}", headers=headers).json["items"]
    assert {jobs[state].id for state in moved} <= {job["id"] for job in listed}


def test_what_is_not_yours_is_not_found_and_a_viewers_is_forbidden(
    client: FlaskClient, headers: dict[str, str], owner: User, company: Company
) -> None:
    other, viewed = make_job(), make_company()
    make_member(viewed, owner, "viewer")
    seen, own = make_job(viewed), make_job(company)
    answer = act(client, headers, "pause", other, seen, own, own, 2**62).json
    assert answer["updated"] == 1
    assert [skipped["reason"] for skipped in answer["skipped"]] == [
        "not_found", "forbidden", "not_found"
    ]  # fmt: skip


def test_deleting_many_is_as_deleting_each(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    draft, public, applied = make_job(company, "draft"), make_job(company), make_job(company)
    make_application(applied)
    answer = act(client, headers, "delete", draft, public, applied).json
    assert answer == {"updated": 2, "skipped": [{"id": applied.id, "reason": "not_allowed"}]}
    assert client.get(f"/api/v1/jobs/{public.id}").status_code == 410
    assert client.get(f"/api/v1/jobs/{draft.id}", headers=headers).status_code == 404


def test_a_job_that_is_being_applied_for_is_not_deleted(committed: Flask) -> None:
    owner, candidate = make_user("employer"), make_user()
    job = make_job(make_company(owner))
    headers, ids = headers_for(owner), (job.id, job.company_id, candidate.id)
    db.session.commit()
    url = committed.config["TALENTSPHERE"].migration_database_url.replace("+psycopg2", "")
    with closing(psycopg2.connect(url)) as applying, ThreadPoolExecutor(1) as pool:
        with applying.cursor() as cursor:
            cursor.execute("SELECT 1 FROM jobs WHERE id = %s FOR SHARE", ids[:1])
            cursor.execute(APPLY, ids)
            deleting = pool.submit(act, committed.test_client(), headers, "delete", ids[0])
            is_waiting = False
            while not is_waiting:
                cursor.execute(WAITS)
                is_waiting = bool(cursor.fetchone()[0])
        applying.commit()
        answer = deleting.result(20).json
    assert answer == {"updated": 0, "skipped": [{"id": ids[0], "reason": "not_allowed"}]}


def test_a_viewer_uses_nothing_up(
    client: FlaskClient, company: Company, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = replace(limit_queries.BULKS, most=1)
    monkeypatch.setattr(limit_queries, "BULKS", one)
    job, viewer = make_job(company), headers_for(make_member(company, role="viewer"))
    for _ in range(2):
        assert act(client, viewer, "pause", job).json["updated"] == 0
    assert act(client, headers, "pause", job).json["updated"] == 1


def test_admins_alone_feature_jobs_of_any_company(
    client: FlaskClient, headers: dict[str, str], company: Company
) -> None:
    job, admin = make_job(company), headers_for(make_user("admin"))
    assert act(client, headers, "feature", job).status_code == 403
    assert act(client, admin, "close", job).status_code == 403
    assert act(client, admin, "feature", job, make_job()).json == {"updated": 2, "skipped": []}
    assert client.get(f"/api/v1/jobs/{job.id}").json["is_featured"] is True
    act(client, admin, "unfeature", job)
    assert client.get(f"/api/v1/jobs/{job.id}").json["is_featured"] is False


@pytest.mark.parametrize(("action", "is_featured"), [("feature", True), ("unfeature", False)])
def test_a_job_that_is_featured_or_not_already_is_skipped(
    client: FlaskClient, company: Company, action: str, is_featured: bool
) -> None:
    job, admin = make_job(company, is_featured=is_featured), headers_for(make_user("admin"))
    other = make_job(company, is_featured=not is_featured)
    skipped = [{"id": job.id, "reason": "not_allowed"}]
    assert act(client, admin, action, job, other).json == {"updated": 1, "skipped": skipped}
    assert client.get(f"/api/v1/jobs/{job.id}").json["version"] == 1
