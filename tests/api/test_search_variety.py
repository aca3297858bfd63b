"""GET /jobs with exclude_ids and diversity: not the same again."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_company, make_job


def page(client: FlaskClient, **query: Any) -> Any:
    answer = client.get("/api/v1/jobs", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def ids(client: FlaskClient, **query: Any) -> set[int]:
    return {job["id"] for job in page(client, **query)["items"]}


@pytest.mark.parametrize("q", [{}, {"q": "zookeeper"}, {"q": "zookeeper", "sort": "newest"}])
def test_excluded_jobs_are_neither_found_nor_counted(
    client: FlaskClient, q: dict[str, str]
) -> None:
    seen, also, new = (make_job(title="Zookeeper").id for _ in range(3))
    found = page(client, exclude_ids=f"{seen},{also}", **q)
    assert ([job["id"] for job in found["items"]], found["total"]) == ([new], 1)
    assert ids(client, exclude_ids=[str(seen), str(new)], **q) == {also}


@pytest.mark.parametrize("most", [1, 2, 3])
def test_of_one_company_the_best_few_are_found(client: FlaskClient, most: int) -> None:
    zoo, park = make_company(), make_company()
    best = {make_job(zoo, title="Zookeeper").id for _ in range(most)}
    for _ in range(4):
        make_job(zoo, title="Driver", description="<p>You drive the zookeeper.</p>")
    other = make_job(park, title="Zookeeper").id
    found = page(client, q="zookeeper", diversity=most)
    assert {job["id"] for job in found["items"]} == {*best, other}
    assert found["total"] == most + 1


def test_pages_of_a_varied_list_neither_repeat_nor_skip(client: FlaskClient) -> None:
    for _ in range(3):
        company = make_company()
        for _ in range(2):
            make_job(company, title="Zookeeper")
    asked = {"q": "zookeeper", "diversity": "1", "page_size": 2}
    first = page(client, **asked)
    second = page(client, cursor=first["next_cursor"], **asked)
    companies = [job["company"]["id"] for job in (*first["items"], *second["items"])]
    assert (len(companies), len(set(companies)), second["has_next"]) == (3, 3, False)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("diversity=1", "diversity"), ("q=nurse&diversity=2&sort=newest", "diversity"),
        ("q=nurse&diversity=4", "diversity"), ("exclude_ids=a", "exclude_ids"),
        ("exclude_ids=" + ",".join(map(str, range(1, 102))), "exclude_ids"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(
    client: FlaskClient, query: str, field: str
) -> None:
    answer = client.get(f"/api/v1/jobs?{query}")
    assert answer.status_code == 422
    assert all(name.startswith(field) for name in answer.json["errors"])
