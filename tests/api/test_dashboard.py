"""Each figure of the dashboard against the same figure counted row by row."""

import statistics
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.caller import Caller, MemberRole
from src.database import db
from src.models import Application, ApplicationLog, Company, Job
from src.models.lifecycle import STAGES, ApplicationStatus
from src.services import dashboard as dashboard_service
from src.services import view as view_service
from src.utils import clock
from tests.conftest import in_one_transaction, undoing
from tests.factories import (
    headers_for,
    key_headers,
    make_application,
    make_company,
    make_job,
    make_member,
    make_user,
)
from tests.history import make_history, rows

URL = "/api/v1/employer/dashboard"
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def companies(shared_app: Flask) -> Iterator[dict[int, int]]:
    """The companies of the seeds by their ids, inside one transaction for the whole file."""
    with in_one_transaction(shared_app):
        yield {seed: make_history(seed).id for seed in SEEDS}


@pytest.fixture
def client(shared_app: Flask, companies: dict[int, int]) -> Iterator[FlaskClient]:
    """A caller, whose doings are undone."""
    with undoing():
        yield shared_app.test_client()


@pytest.fixture
def company(client: FlaskClient, companies: dict[int, int], seed: int) -> Company:
    """A company with the past of the seed."""
    return db.session.get_one(Company, companies[seed])


def dashboard_of(client: FlaskClient, company: Company) -> dict[str, Any]:
    viewer = make_member(company, role="viewer")
    response = client.get(URL, headers=headers_for(viewer))
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json
    return body


def reached(company: Company) -> Counter[str]:
    """How many applications ever took each stage or one beyond it, by the log alone."""
    furthest: dict[int, int] = {}
    for row in rows(ApplicationLog, company):
        place = STAGES.index(row.to_status) if row.to_status in STAGES else 0
        furthest[row.application_id] = max(place, furthest.get(row.application_id, 0))
    return Counter(
        str(stage)
        for place, stage in enumerate(STAGES)
        for far in furthest.values()
        if far >= place
    )


def answered(company: Company) -> dict[int, datetime]:
    """The moment of each application's first answer, by the log alone."""
    first: dict[int, datetime] = {}
    for row in sorted(rows(ApplicationLog, company), key=lambda row: row.id):
        if row.from_status is not None and row.to_status != "withdrawn":
            first.setdefault(row.application_id, row.at)
    return first


@pytest.mark.parametrize("seed", SEEDS)
def test_jobs_are_counted_by_the_clock(client: FlaskClient, company: Company) -> None:
    jobs, now = rows(Job, company), clock.now()
    live = [job for job in jobs if job.status == "published" and job.expires_at > now]
    soon = [job for job in live if job.expires_at <= now + timedelta(days=7)]
    found = dashboard_of(client, company)["jobs"]
    assert (found["live"], found["expiring_7d"]) == (len(live), len(soon))
    kept = [job for job in jobs if job.status != "archived"]
    assert found["total"] == len(kept)
    over = [j for j in kept if j.status == "expired" or (j.status == "published" and j not in live)]
    assert found["expired"] == len(over)
    for status in ("draft", "paused", "closed"):
        assert found[status] == len([job for job in jobs if job.status == status])


@pytest.mark.parametrize("seed", SEEDS)
def test_applications_are_counted_by_status(client: FlaskClient, company: Company) -> None:
    counted = Counter(row.status for row in rows(Application, company))
    found = dashboard_of(client, company)["applications"]
    assert found["by_status"] == {str(status): counted[status] for status in ApplicationStatus}
    assert found["total"] == counted.total()
    assert found["unreviewed"] == counted["submitted"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_new_ones_of_seven_days_are_exact_to_the_moment(
    client: FlaskClient, company: Company
) -> None:
    job = make_job(company)
    for minutes in (-2, 2):
        make_application(
            job, submitted_at=clock.now() - timedelta(days=7) + timedelta(minutes=minutes)
        )
    since = clock.now() - timedelta(days=7)
    new = [row for row in rows(Application, company) if row.submitted_at >= since]
    assert dashboard_of(client, company)["applications"]["new_7d"] == len(new)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_funnel_counts_what_was_ever_reached(client: FlaskClient, company: Company) -> None:
    expected = reached(company)
    found = dashboard_of(client, company)["funnel"]
    assert found == [{"stage": str(s), "ever_reached": expected[str(s)]} for s in STAGES]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_time_to_a_first_response_is_its_median(client: FlaskClient, company: Company) -> None:
    first = answered(company)
    hours = [
        (first[row.id] - row.submitted_at).total_seconds() / 3600
        for row in rows(Application, company)
        if row.id in first
    ]
    found = dashboard_of(client, company)["time_to_first_response"]
    assert found["sample"] == len(hours)
    assert found["median_hours"] == pytest.approx(statistics.median(hours), abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_time_to_hire_has_its_median_and_ninetieth(
    client: FlaskClient, company: Company
) -> None:
    hired = {row.application_id: row.at for row in rows(ApplicationLog, company)
             if row.to_status == "hired"}  # fmt: skip
    days = sorted(
        (hired[row.id] - row.submitted_at).total_seconds() / 86400
        for row in rows(Application, company)
        if row.id in hired
    )
    found = dashboard_of(client, company)["time_to_hire"]
    ninetieth = statistics.quantiles(days, n=10, method="inclusive")[8]
    assert found["sample"] == len(days)
    assert found["median_days"] == pytest.approx(statistics.median(days), abs=0.01)
    assert found["p90_days"] == pytest.approx(ninetieth, abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_response_rate_leaves_out_who_withdrew_unanswered(
    client: FlaskClient, company: Company
) -> None:
    first, all_rows = answered(company), rows(Application, company)
    asked = [row for row in all_rows if row.status != "withdrawn" or row.id in first]
    found = dashboard_of(client, company)["response_rate"]
    assert found["sample"] == len(asked)
    assert found["value"] == pytest.approx(len(first) / len(asked), abs=0.0001)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_trend_has_thirty_days_without_gaps(client: FlaskClient, company: Company) -> None:
    by_day = Counter(row.submitted_at.date().isoformat() for row in rows(Application, company))
    today = clock.now().date()
    days = [(today - timedelta(days=back)).isoformat() for back in reversed(range(30))]
    found = dashboard_of(client, company)
    assert [row["date"] for row in found["trend"]] == days
    assert [row["applications"] for row in found["trend"]] == [by_day[day] for day in days]
    assert sum(row["views"] for row in found["trend"]) == found["views"]["last_30d"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_jobs_are_five_by_applications_then_views(
    client: FlaskClient, company: Company
) -> None:
    counted = Counter(row.job_id for row in rows(Application, company))
    kept = [job.id for job in rows(Job, company) if job.status != "archived"]
    found = dashboard_of(client, company)["top_jobs"]
    assert [row["applications"] for row in found] == sorted(
        (counted[job_id] for job_id in kept), reverse=True
    )[:5]
    for row in found:
        assert row["applications"] == counted[row["id"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_newest_ten_applications_come_with_their_people(
    client: FlaskClient, company: Company
) -> None:
    newest = sorted(rows(Application, company), key=lambda row: (row.submitted_at, row.id))[::-1]
    found = dashboard_of(client, company)["recent_applications"]
    assert [row["id"] for row in found] == [row.id for row in newest[:10]]
    assert found[0]["candidate"].keys() == {"id", "first_name", "last_name"}
    assert found[0]["submitted_at"].endswith("Z")


def test_views_and_the_conversion_follow_the_counter(client: FlaskClient) -> None:
    company = make_company()
    job = make_job(company)
    make_application(job)
    for _ in range(4):
        view_service.seen(job.id)
    assert view_service.flush()
    found = dashboard_of(client, company)
    assert found["views"] == {"total": 4, "last_30d": 4}
    assert found["conversion_rate"] == {"value": 0.25, "sample": 4}
    assert found["top_jobs"][0]["conversion"] == 0.25


def test_a_rejection_does_not_erase_the_furthest_stage(client: FlaskClient) -> None:
    company = make_company()
    application = make_application(make_job(company), status="offered")
    application.status = "rejected"
    db.session.flush()
    funnel = dashboard_of(client, company)["funnel"]
    assert [row["ever_reached"] for row in funnel] == [1, 1, 1, 1, 1, 0]


def test_an_empty_company_has_no_rates_and_no_errors(client: FlaskClient) -> None:
    found = dashboard_of(client, make_company())
    assert found["conversion_rate"] == {"value": None, "sample": 0}
    assert found["response_rate"] == {"value": None, "sample": 0}
    assert found["time_to_hire"] == {"median_days": None, "p90_days": None, "sample": 0}
    assert (found["top_jobs"], found["recent_applications"]) == ([], [])


def test_a_suspended_company_has_no_live_jobs(client: FlaskClient) -> None:
    company = make_company(status="suspended")
    make_job(company)
    jobs = dashboard_of(client, company)["jobs"]
    assert (jobs["total"], jobs["live"]) == (1, 0)


def test_figures_of_another_company_are_left_out(client: FlaskClient) -> None:
    make_history(5)
    found = dashboard_of(client, make_company())
    assert found["applications"]["total"] == found["jobs"]["total"] == 0


def test_who_belongs_to_several_companies_must_say_which(client: FlaskClient) -> None:
    employer = make_user("employer")
    first, second = make_company(employer), make_company(employer)
    headers = headers_for(employer)
    refused = client.get(URL, headers=headers)
    assert refused.status_code == 422
    says = refused.json["errors"]["company_id"][0]
    assert str(first.id) in says
    assert str(second.id) in says
    chosen = client.get(f"{URL}?company_id={second.id}", headers=headers)
    assert chosen.json["company"] == {"id": second.id, "name": second.name}


def test_a_company_of_others_is_not_there(client: FlaskClient) -> None:
    employer = make_user("employer")
    make_company(employer)
    foreign = client.get(f"{URL}?company_id={make_company().id}", headers=headers_for(employer))
    missing = client.get(f"{URL}?company_id={2**40}", headers=headers_for(employer))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json["detail"] == missing.json["detail"]


def test_an_employer_without_a_company_finds_nothing(client: FlaskClient) -> None:
    assert client.get(URL, headers=headers_for(make_user("employer"))).status_code == 404


@pytest.mark.parametrize("role", ["candidate", "admin"])
def test_other_roles_are_refused(client: FlaskClient, role: str) -> None:
    assert client.get(URL, headers=headers_for(make_user(role))).status_code == 403


def test_nobody_at_all_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize(("scope", "status"), [("dashboard:read", 200), ("jobs:read", 403)])
def test_a_key_needs_its_scope(client: FlaskClient, scope: str, status: int) -> None:
    employer = make_user("employer")
    make_company(employer)
    assert client.get(URL, headers=key_headers(employer, [scope])).status_code == status


def test_it_holds_no_longer_than_until_a_job_is_about_to_end(client: FlaskClient) -> None:
    owner = make_user("employer")
    company, soon = make_company(owner), timedelta(seconds=30)
    make_job(company, expires_at=clock.now() + timedelta(days=7) + soon)
    make_job(company, expires_at=clock.now() + timedelta(days=9))
    caller = Caller(user_id=owner.id, memberships={company.id: MemberRole.OWNER})
    figures, until = dashboard_service.read(caller, None)
    assert (figures["jobs"]["expiring_7d"], figures["jobs"]["live"]) == (0, 2)
    assert until <= clock.now() + soon
