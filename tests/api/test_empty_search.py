"""GET /jobs that finds nothing: which filter emptied it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from src.queries import search_without
from tests.factories import make_company, make_job


def without(client: FlaskClient, **query: Any) -> Any:
    answer = client.get("/api/v1/jobs", query_string=query)
    assert answer.status_code == 200, answer.json
    return {
        one["filter"]: (one["total"], one["total_relation"])
        for one in answer.json.get("without", ())
    }


@pytest.mark.parametrize("q", [{}, {"q": "zookeeper"}, {"q": "zookeeper", "sort": "newest"}])
def test_an_emptied_search_says_what_each_filter_keeps_out(
    client: FlaskClient, q: dict[str, str]
) -> None:
    for _ in range(2):
        make_job(title="Zookeeper", country="NO", employment_type="full_time")
    make_job(title="Zookeeper", country="DE", is_remote=True)
    found = without(client, country="NO", remote="true", **q)
    assert found == {"remote": (2, "eq"), "country": (1, "eq")}


def test_what_dropping_a_filter_promises_is_what_it_gives(client: FlaskClient) -> None:
    zoo = make_company()
    make_job(zoo, title="Night zookeeper", city="Bergen", country="NO")
    make_job(title="Zookeeper", salary_min=10, salary_max=20, salary_currency="USD",
             salary_period="hour", experience_level="senior")  # fmt: skip
    query = {
        "q": "night zookeeper", "country": "NO", "salary_min": "900000", "company": zoo.slug,
        "experience_level": "senior", "featured": "false", "posted_within": "7",
    }  # fmt: skip
    found = without(client, **query)
    assert set(found) == {*query, "salary"} - {"q", "salary_min"}
    for name, (total, _) in found.items():
        left = {key: value for key, value in query.items() if not key.startswith(name)}
        assert client.get("/api/v1/jobs", query_string=left).json["total"] == total, name


def test_looser_words_count_as_they_are_searched(client: FlaskClient) -> None:
    make_job(title="Zookeeper", country="NO")
    assert without(client, q="zookeeper accountant", country="DE") == {"country": (1, "eq")}


def test_counting_stops_at_a_bound(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_without, "COUNTED", 2)
    for _ in range(3):
        make_job(country="NO")
    assert without(client, country="DE") == {"country": (2, "gte")}


def test_a_search_that_finds_something_or_has_no_filter_says_nothing(client: FlaskClient) -> None:
    make_job(title="Zookeeper", country="NO")
    assert without(client, country="NO") == {}
    assert without(client, q="qwertyuiop") == {}
    assert without(client, q="qwertyuiop", country="NO") == {}
