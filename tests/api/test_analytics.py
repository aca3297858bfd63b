"""A company's analytics against the same figures counted row by row."""

from collections import Counter
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from src.database import db
from src.models import Application, Category, Company, Job
from src.utils import clock
from tests.factories import (
    headers_for,
    make_application,
    make_company,
    make_job,
    make_member,
)
from tests.history import make_history, rows

URL = "/api/v1/employer/analytics"
SEEDS = (1, 2)


def analytics_of(client: FlaskClient, company: Company, **query: Any) -> dict[str, Any]:
    viewer = make_member(company, role="viewer")
    response = client.get(URL, query_string=query, headers=headers_for(viewer))
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json
    return body


def see(company: Company, day: date, views: int) -> None:
    """So many views of the company's jobs on a day."""
    counted = text(
        "INSERT INTO company_days (company_id, day, views) VALUES (:company_id, :day, :views)"
    )
    db.session.execute(counted, {"company_id": company.id, "day": day, "views": views})


def today() -> date:
    return clock.now().astimezone(UTC).date()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("days", [1, 7, 90])
def test_each_day_has_the_applications_that_came_on_it(
    client: FlaskClient, seed: int, days: int
) -> None:
    company = make_history(seed)
    came = Counter(row.submitted_at.astimezone(UTC).date() for row in rows(Application, company))
    found = analytics_of(client, company, days=days)
    span = [today() - timedelta(days=back) for back in reversed(range(days))]
    assert [day["date"] for day in found["series"]] == [str(day) for day in span]
    assert [day["applications"] for day in found["series"]] == [came[day] for day in span]
    assert (found["start_date"], found["end_date"]) == (str(span[0]), str(span[-1]))
    assert found["totals"]["applications"] == sum(came[day] for day in span)


def test_a_span_is_held_against_as_many_days_before_it(client: FlaskClient) -> None:
    company = make_company()
    for back, views in ((0, 1), (6, 2), (7, 4), (13, 8), (14, 16)):
        see(company, today() - timedelta(days=back), views)
    found = analytics_of(client, company, days=7)
    assert found["totals"] == {
        "views": 3, "applications": 0, "conversion_rate": {"value": 0.0, "sample": 3},
    }  # fmt: skip
    assert found["previous"]["views"] == 12
    nothing = analytics_of(client, make_company())["previous"]["conversion_rate"]
    assert nothing == {"value": None, "sample": 0}


@pytest.mark.parametrize("seed", SEEDS)
def test_jobs_are_listed_with_their_figures_but_for_archived_ones(
    client: FlaskClient, seed: int
) -> None:
    company = make_history(seed)
    kept = [job for job in rows(Job, company) if job.status != "archived"]
    sent = Counter(row.job_id for row in rows(Application, company))
    found = analytics_of(client, company)["jobs"]
    assert {job["id"]: job["applications"] for job in found} == {j.id: sent[j.id] for j in kept}
    assert [job["applications"] for job in found] == sorted(
        (job["applications"] for job in found), reverse=True
    )


def test_a_job_past_its_end_is_told_as_expired_before_any_sweep(client: FlaskClient) -> None:
    company = make_company()
    make_job(company, expires_at=clock.now() - timedelta(seconds=1))
    assert [job["status"] for job in analytics_of(client, company)["jobs"]] == ["expired"]


def test_categories_add_up_their_jobs_and_none_is_one_too(client: FlaskClient) -> None:
    company, category = make_company(), Category(name="Animal care", slug="animal-care")
    db.session.add(category)
    db.session.flush()
    for _ in range(2):
        make_application(make_job(company, category_id=category.id))
    make_job(company)
    found = analytics_of(client, company)["categories"]
    told = [(one["slug"], one["jobs"], one["applications"]) for one in found]
    assert told == [("animal-care", 2, 2), (None, 1, 0)]


@pytest.mark.parametrize("days", ["0", "366", "x"])
def test_a_span_out_of_bounds_is_refused_by_name(client: FlaskClient, days: str) -> None:
    headers = headers_for(make_member(make_company(), role="viewer"))
    response = client.get(URL, query_string={"days": days}, headers=headers)
    assert response.status_code == 422
    assert list(response.json["errors"]) == ["days"]
