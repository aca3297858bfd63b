"""GET /jobs/facets: how the jobs of a search divide."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import Category
from src.queries import search_plan
from src.utils import clock
from tests.factories import make_company, make_job


def divided(client: FlaskClient, **query: Any) -> Any:
    answer = client.get("/api/v1/jobs/facets", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def counts(client: FlaskClient, name: str, **query: Any) -> dict[str, int]:
    values = divided(client, **query)["facets"][name]
    return {value["value"]: value["count"] for value in values}


@pytest.mark.parametrize("q", [{}, {"q": "zookeeper"}])
def test_jobs_are_counted_by_what_they_can_be_filtered_by(
    client: FlaskClient, q: dict[str, str]
) -> None:
    make_job(title="Zookeeper", employment_type="full_time", is_remote=True, country="NO")
    make_job(title="Zookeeper", employment_type="full_time", experience_level="senior")
    make_job(title="Zookeeper", employment_type="internship", country="DE")
    assert counts(client, "employment_type", **q) == {"full_time": 2, "internship": 1}
    assert counts(client, "experience_level", **q) == {"senior": 1}
    assert counts(client, "remote", **q) == {"false": 2, "true": 1}
    assert counts(client, "country", **q) == {"DE": 1, "NO": 1}


def test_companies_and_categories_are_named(client: FlaskClient) -> None:
    category = Category(name="Animal care", slug="animal-care")
    db.session.add(category)
    db.session.flush()
    company = make_company(name="City Zoo")
    make_job(company, category_id=category.id)
    facets = divided(client, facets="company,category")["facets"]
    assert facets == {
        "company": [{"value": company.slug, "label": "City Zoo", "count": 1}],
        "category": [{"value": "animal-care", "label": "Animal care", "count": 1}],
    }


def test_days_and_pay_count_up_to_and_from_a_step(client: FlaskClient) -> None:
    pay = {"salary_currency": "USD", "salary_period": "year", "salary_is_visible": True}
    make_job(salary_min=60_000, salary_max=80_000, **pay)
    make_job(published_at=clock.now() - timedelta(days=5))
    assert counts(client, "posted_within") == {"1": 1, "3": 1, "7": 2, "14": 2, "30": 2}
    assert counts(client, "salary_min") == {"25000": 1, "50000": 1, "75000": 1}


def test_each_count_is_what_its_filter_finds(client: FlaskClient) -> None:
    for kind, country in (("full_time", "NO"), ("part_time", "NO"), ("part_time", "DE")):
        make_job(title="Zookeeper", employment_type=kind, country=country)
    asked = {"q": "zookeeper", "country": "NO"}
    for name, values in divided(client, **asked)["facets"].items():
        for value in values:
            query = {**asked, name: value["value"]}
            found = client.get("/api/v1/jobs", query_string=query)
            assert found.json["total"] == value["count"], (name, value)


def test_what_no_job_can_match_has_no_counts(client: FlaskClient) -> None:
    make_job()
    assert divided(client, q="qwertyuiop", facets="remote") == {
        "total": 0, "total_relation": "eq", "facets": {"remote": []},
    }  # fmt: skip


@pytest.mark.parametrize("q", [{}, {"q": "zookeeper"}, {"country": "NO"}])
def test_counting_stops_at_a_bound_and_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, q: dict[str, str]
) -> None:
    for _ in range(3):
        make_job(title="Zookeeper", country="NO")
    monkeypatch.setattr(search_plan, "COUNTED", 2)
    monkeypatch.setattr(search_plan, "CANDIDATES", 2)
    found = divided(client, facets="country", **q)
    assert (found["total"], found["total_relation"]) == (2, "gte")
    assert found["facets"]["country"] == [{"value": "NO", "label": "Norway", "count": 2}]


def test_an_unknown_facet_is_refused_by_name(client: FlaskClient) -> None:
    answer = client.get("/api/v1/jobs/facets?facets=colour")
    assert answer.status_code == 422
    assert any(name.startswith("facets") for name in answer.json["errors"])


def test_a_page_carries_the_facets_that_it_is_asked_for(client: FlaskClient) -> None:
    make_job(title="Zookeeper", employment_type="full_time", country="NO")
    make_job(title="Zookeeper", employment_type="internship", country="DE")
    query = {"q": "zookeeper", "country": "NO", "facets": "employment_type,country"}
    page = client.get("/api/v1/jobs", query_string=query).get_json()
    assert len(page["items"]) == page["total"] == 1
    assert page["facets"] == divided(client, **query)["facets"]
    assert "facets" not in client.get("/api/v1/jobs").get_json()


def test_a_page_past_the_first_and_an_empty_one_carry_them_too(client: FlaskClient) -> None:
    for _ in range(3):
        make_job(title="Zookeeper", country="NO")
    query: dict[str, Any] = {"facets": "country", "page_size": 2, "page": 2}
    page = client.get("/api/v1/jobs", query_string=query).get_json()
    assert page["facets"] == {"country": [{"value": "NO", "label": "Norway", "count": 3}]}
    query = {"facets": "country", "q": "zookeeper", "country": "SE"}
    assert client.get("/api/v1/jobs", query_string=query).get_json()["facets"] == {"country": []}


@pytest.mark.parametrize("sort", ["newest", "salary"])
def test_a_page_in_another_order_is_divided_as_it_is_counted(
    client: FlaskClient, sort: str
) -> None:
    """All words are required in it, while one by relevance goes on to looser levels."""
    make_job(title="Zookeeper", country="NO", description="<p>You feed pythons.</p>")
    make_job(title="Zookeeper", country="DE")
    query = {"q": "zookeeper python", "facets": "country"}
    assert client.get("/api/v1/jobs", query_string=query).get_json()["total"] == 2
    page = client.get("/api/v1/jobs", query_string={**query, "sort": sort}).get_json()
    assert (page["total"], len(page["facets"]["country"])) == (1, 1)


@pytest.mark.parametrize("candidates", [3, 1_000])
def test_a_varied_page_is_divided_as_it_is_counted(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, candidates: int
) -> None:
    """Whether or not there are more matches than are ranked."""
    for company in (make_company(), make_company()):
        for _ in range(3):
            make_job(company, title="Zookeeper", country="NO")
    monkeypatch.setattr(search_plan, "CANDIDATES", candidates)
    query = {"q": "zookeeper", "diversity": "1", "facets": "country,company"}
    page = client.get("/api/v1/jobs", query_string=query).get_json()
    assert page["facets"]["country"][0]["count"] == page["total"] == len(page["items"])
    assert {value["count"] for value in page["facets"]["company"]} == {1}
