"""How many statements the job endpoints take: none of them grows with its rows."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from tests.factories import headers_for, make_company, make_job, make_user


@pytest.fixture
def client(committed: Flask) -> FlaskClient:
    """A caller over real commits: savepoints would be counted too."""
    return committed.test_client()


def call(client: FlaskClient, verb: str, path: str, **options: Any) -> Any:
    db.session.commit()
    return client.open(f"/api/v1/{path}", method=verb, **options)


def statements(answer: Any) -> int:
    assert answer.status_code < 300, answer.json
    found = re.search(r'desc="(\d+) statement', answer.headers["Server-Timing"])
    assert found
    return int(found[1])


def rows(count: int, title: str) -> list[dict[str, Any]]:
    return [
        {"title": title, "description": "<p>Care.</p>", "external_id": f"N-{n}", "publish": True}
        for n in range(count)
    ]


def test_a_job_is_one_statement(client: FlaskClient) -> None:
    assert statements(call(client, "GET", f"jobs/{make_job().id}")) == 1


def test_a_job_read_by_somebody_is_one_statement_besides_theirs(client: FlaskClient) -> None:
    headers = headers_for(make_user())
    assert statements(call(client, "GET", f"jobs/{make_job().id}", headers=headers)) == 2


@pytest.mark.parametrize("path", ["employer/jobs", "me/bookmarks"])
def test_a_list_takes_three_statements_however_long(client: FlaskClient, path: str) -> None:
    user = make_user("employer" if path.startswith("employer") else "candidate")
    headers = headers_for(user)
    company = make_company(user if path.startswith("employer") else None)
    for _ in range(2):
        for _ in range(5):
            job = make_job(company)
            if path == "me/bookmarks":
                call(client, "PUT", f"jobs/{job.id}/bookmark", headers=headers)
        assert statements(call(client, "GET", path, headers=headers)) == 3


def test_a_bulk_takes_as_many_statements_for_200_rows_as_for_one(client: FlaskClient) -> None:
    counted = []
    for count in (1, 200):
        owner = make_user("employer")
        company, headers = make_company(owner), headers_for(owner)
        # Created, then all of them changed.
        for title in ("Night nurse", "Day nurse"):
            content = {"company_id": company.id, "jobs": rows(count, title)}
            answer = call(client, "POST", "jobs/bulk", json=content, headers=headers)
            counted.append(statements(answer))
    assert counted[:2] == counted[2:]


@pytest.mark.parametrize("action", ["pause", "close", "delete"])
def test_an_action_takes_as_many_statements_for_50_jobs_as_for_one(
    client: FlaskClient, action: str
) -> None:
    counted = []
    for count in (1, 50):
        owner = make_user("employer")
        company, headers = make_company(owner), headers_for(owner)
        content = {"job_ids": [make_job(company).id for _ in range(count)], "action": action}
        answer = call(client, "POST", "jobs/bulk-actions", json=content, headers=headers)
        assert answer.json["updated"] == count
        counted.append(statements(answer))
    assert counted[0] == counted[1]


@pytest.mark.parametrize(("query", "most"), [("", 1), ("country=NO", 1), ("q=nurse", 2)])
def test_facets_take_one_statement_beside_the_words(
    client: FlaskClient, query: str, most: int
) -> None:
    for _ in range(2):
        for _ in range(3):
            make_job(title="Night nurse", country="NO")
        assert statements(call(client, "GET", f"jobs/facets?{query}")) == most


def test_suggestions_take_a_statement_and_another_where_nothing_begins_so(
    client: FlaskClient,
) -> None:
    assert statements(call(client, "GET", "jobs/suggest?q=zo")) == 1
    assert statements(call(client, "GET", "jobs/suggest?q=nurce")) == 2


def test_an_empty_search_takes_one_statement_more_however_many_its_filters(
    client: FlaskClient,
) -> None:
    make_job(title="Night nurse", country="NO")
    plain = statements(call(client, "GET", "jobs?country=NO"))
    for query in ("country=DE", "country=DE&remote=true&posted_within=3&featured=true"):
        assert statements(call(client, "GET", f"jobs?{query}")) == plain + 1


@pytest.mark.parametrize(
    ("query", "more"), [("lat=60.39&lng=5.32", 1), ("near=Bergen&radius_km=500", 2)]
)
def test_a_distance_takes_a_statement_and_a_name_another(
    client: FlaskClient, query: str, more: int
) -> None:
    for _ in range(3):
        make_job(city="Bergen", country="NO")
    plain = statements(call(client, "GET", "jobs?country=NO"))
    assert statements(call(client, "GET", f"jobs?{query}")) == plain + more


def test_an_explained_search_takes_four_statements_more_however_long(client: FlaskClient) -> None:
    user = make_user("employer")
    company, headers = make_company(user), headers_for(user)
    for _ in range(2):
        jobs = [make_job(company, title="Zookeeper") for _ in range(5)]
        counts = []
        for told in ("", "&explain=1", f"&explain=1&job_id={jobs[0].id}"):
            # Another query each time: none is answered from the cache.
            path = f"jobs?q=zookeeper&exclude_ids={jobs[1].id}{told}"
            counts.append(statements(call(client, "GET", path, headers=headers)))
        assert (counts[1] - counts[0], counts[2] - counts[1]) == (1, 3)
