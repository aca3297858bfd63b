"""Companies: who founds, sees, changes and closes them."""

import functools
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import (
    headers_for,
    make_application,
    make_company,
    make_job,
    make_member,
    make_user,
)


def names(client: FlaskClient, **query: Any) -> list[str]:
    page = client.get("/api/v1/companies", query_string=query)
    assert page.status_code == 200, page.json
    return [company["name"] for company in page.json["items"]]


def test_an_employer_founds_a_company_and_owns_it(client: FlaskClient) -> None:
    employer = headers_for(make_user("employer"))
    answer = client.post("/api/v1/companies", json={"name": "Harbour Clinic"}, headers=employer)
    assert answer.status_code == 201
    assert (answer.json["slug"], answer.json["status"]) == ("harbour-clinic", "active")
    path = answer.headers["Location"]
    assert client.patch(path, json={"industry": "Care"}, headers=employer).status_code == 200


@pytest.mark.parametrize("role", ["candidate", "admin"])
def test_only_employers_found_companies(client: FlaskClient, role: str) -> None:
    caller = headers_for(make_user(role))
    answer = client.post("/api/v1/companies", json={"name": "Acme"}, headers=caller)
    assert answer.status_code == 403


def test_the_same_name_twice_gives_two_slugs(client: FlaskClient) -> None:
    employer = headers_for(make_user("employer"))
    slugs = {
        client.post("/api/v1/companies", json={"name": "Acme"}, headers=employer).json["slug"]
        for _ in range(2)
    }
    assert len(slugs) == 2


@pytest.mark.parametrize("name", ["42", "北京", "…"])
def test_a_slug_always_has_a_letter(client: FlaskClient, name: str) -> None:
    employer = headers_for(make_user("employer"))
    answer = client.post("/api/v1/companies", json={"name": name}, headers=employer)
    assert answer.json["slug"].startswith("company-")


def test_a_company_is_read_by_id_and_by_slug(client: FlaskClient) -> None:
    company = make_company(name="Acme")
    for key in (company.id, company.slug):
        answer = client.get(f"/api/v1/companies/{key}")
        assert answer.json["name"] == "Acme"
        assert "status" not in answer.json


def test_live_jobs_are_counted(client: FlaskClient) -> None:
    company = make_company()
    make_job(company)
    make_job(company, status="draft")
    assert client.get(f"/api/v1/companies/{company.id}").json["live_jobs"] == 1


def test_a_place_is_changed_part_by_part_and_cleared_as_a_whole(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner, city="Oslo", country="NO")
    path, caller = f"/api/v1/companies/{company.id}", headers_for(owner)
    moved = client.patch(path, json={"location": {"city": "Bergen"}}, headers=caller).json
    assert moved["location"] == {"city": "Bergen", "region": None, "country": "NO"}
    cleared = client.patch(path, json={"location": None}, headers=caller).json
    assert cleared["location"]["country"] is None


def test_a_viewer_changes_nothing_and_a_stranger_finds_nothing(client: FlaskClient) -> None:
    company = make_company()
    path, change = f"/api/v1/companies/{company.id}", {"name": "Mine"}
    viewer = headers_for(make_member(company, role="viewer"))
    assert client.patch(path, json=change, headers=viewer).status_code == 403
    stranger = headers_for(make_user("employer"))
    assert client.patch(path, json=change, headers=stranger).status_code == 404


def test_an_older_version_does_not_overwrite_a_newer(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    path, caller = f"/api/v1/companies/{company.id}", headers_for(owner)
    tag = client.get(path).headers["ETag"]
    first = client.patch(path, json={"size": "1-10"}, headers={**caller, "If-Match": tag})
    second = client.patch(path, json={"size": "5001+"}, headers={**caller, "If-Match": tag})
    assert (first.status_code, second.status_code) == (200, 412)


@pytest.mark.parametrize(
    ("change", "is_verified"),
    [
        ({"name": "Another house"}, False), ({"website": "https://other.example"}, False),
        ({"logo_url": "https://other.example/l.png"}, False), ({"description": "New"}, True),
        ({"name": "The house", "industry": "Care"}, True),
    ],
)  # fmt: skip
def test_a_company_that_looks_like_another_is_not_verified_any_more(
    client: FlaskClient, change: dict[str, str], is_verified: bool
) -> None:
    owner = make_user("employer")
    company = make_company(owner, name="The house", is_verified=True)
    path = f"/api/v1/companies/{company.id}"
    changed = client.patch(path, json=change, headers=headers_for(owner))
    assert changed.json["is_verified"] is is_verified


def test_a_company_with_published_jobs_is_not_deleted(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    job = make_job(company)
    path, caller = f"/api/v1/companies/{company.id}", headers_for(owner)
    assert client.delete(path, headers=caller).status_code == 409
    job.status = "closed"
    assert client.get(path).status_code == 200


def test_a_deleted_company_is_gone_for_everybody(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    path, caller = f"/api/v1/companies/{company.id}", headers_for(owner)
    assert client.delete(path, headers=caller).status_code == 204
    assert client.get(path).status_code == 404
    assert client.get(path, headers=caller).status_code == 404


def test_suspending_hides_a_company_and_its_jobs_until_reinstated(client: FlaskClient) -> None:
    owner, admin = make_user("employer"), headers_for(make_user("admin"))
    company = make_company(owner, name="Acme")
    make_job(company)
    path = f"/api/v1/companies/{company.id}"
    assert client.post(f"{path}/suspend", headers=admin).json["status"] == "suspended"
    assert names(client) == []
    assert client.get(path).status_code == 404
    assert client.get(path, headers=headers_for(owner)).json["status"] == "suspended"
    assert client.get("/api/v1/jobs").json["total"] == 0
    client.post(f"{path}/reinstate", headers=admin)
    assert client.get("/api/v1/jobs").json["total"] == 1


def test_companies_are_filtered_and_sorted(client: FlaskClient) -> None:
    alpha = make_company(name="Alpha", industry="Care", description="We heal.")
    make_company(name="Beta", is_verified=True)
    make_job(alpha)
    assert names(client) == ["Alpha", "Beta"]
    assert names(client, sort="newest") == ["Beta", "Alpha"]
    assert names(client, sort="jobs") == ["Alpha", "Beta"]
    assert names(client, verified="true") == ["Beta"]
    assert names(client, industry="care") == ["Alpha"]
    assert names(client, q="healing") == ["Alpha"]


@pytest.mark.parametrize("sort", ["name", "newest", "jobs"])
def test_paging_by_cursor_gives_every_company_once(client: FlaskClient, sort: str) -> None:
    for i in range(5):
        make_company(name=f"Acme {i}")
    query: dict[str, Any] = {"sort": sort, "page_size": 2}
    seen = []
    while True:
        page = client.get("/api/v1/companies", query_string=query).json
        seen += [company["name"] for company in page["items"]]
        if not page["has_next"]:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(seen) == [f"Acme {i}" for i in range(5)]


def test_activity_lists_moves_to_members_only(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    make_job(company, title="Nurse")
    path = f"/api/v1/companies/{company.id}/activity"
    moves = client.get(path, headers=headers_for(owner)).json["items"]
    assert [(move["kind"], move["title"], move["to"]) for move in moves] == [
        ("job", "Nurse", "published")
    ]
    assert client.get(path, headers=headers_for(make_user("employer"))).status_code == 404


@pytest.mark.parametrize("by", ["page", "cursor"])
def test_activity_is_paged_over_jobs_and_applications_alike(client: FlaskClient, by: str) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    for status in ("rejected", "hired"):
        make_application(make_job(company), status=status)
    ask = functools.partial(
        client.get, f"/api/v1/companies/{company.id}/activity", headers=headers_for(owner)
    )
    everything = ask(query_string={"page_size": 100}).json
    seen: list[Any] = []
    query: dict[str, Any] = {"page_size": 2}
    for number in range(1, 4):
        page = ask(query_string=query).json
        seen += page["items"]
        query |= {"page": number + 1} if by == "page" else {"cursor": page["next_cursor"]}
    assert {move["kind"] for move in seen} == {"job", "application"}
    assert (seen, page["total"]) == (everything["items"], 6)


def test_benefits_are_listed_in_the_company_s_order(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    path, caller = f"/api/v1/companies/{company.id}/benefits", headers_for(owner)
    for name, position in (("Lunch", 2), ("Crèche", 1)):
        client.post(path, json={"name": name, "position": position}, headers=caller)
    listed = client.get(path).json["items"]
    assert [benefit["name"] for benefit in listed] == ["Crèche", "Lunch"]
    assert client.post(path, json={"name": "Lunch"}, headers=caller).status_code == 409
    benefit = f"{path}/{listed[0]['id']}"
    assert client.patch(benefit, json={"name": "Nursery"}, headers=caller).status_code == 200
    assert client.delete(benefit, headers=caller).status_code == 204
    assert client.get(path).json["total"] == 1
