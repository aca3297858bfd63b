"""GET /jobs/suggest: what a search may become while it is typed."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.services import search_index
from tests.factories import make_company, make_job


@pytest.fixture
def client(owner_app: Flask) -> FlaskClient:
    """A caller of what was collected from a few jobs."""
    zoo = make_company(name="Zoological Society")
    for _ in range(3):
        make_job(zoo, title="Zookeeper", city="Zürich", skills=["Zoom lenses"])
    make_job(zoo, title="ZOOKEEPER")
    make_job(zoo, title="Senior zookeeper (nights)", skills=["Feeding"])
    make_job(title="Electrician")
    make_job(title="Hidden zoo", status="draft")
    db.session.commit()
    search_index.collect_words()
    db.session.commit()
    return owner_app.test_client()


def suggested(client: FlaskClient, **query: Any) -> Any:
    answer = client.get("/api/v1/jobs/suggest", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_what_begins_as_typed_is_suggested_the_commonest_first(client: FlaskClient) -> None:
    assert suggested(client, q="Zoo") == {
        "titles": ["Zookeeper", "Senior zookeeper (nights)"],
        "companies": ["Zoological Society"], "places": [], "skills": ["Zoom lenses"],
        "corrected": None,
    }  # fmt: skip


def test_accents_and_case_do_not_matter(client: FlaskClient) -> None:
    assert suggested(client, q="zuri")["places"] == ["Zürich"]
    assert suggested(client, q="ZÜ")["places"] == ["Zürich"]


def test_any_word_can_be_begun_with(client: FlaskClient) -> None:
    assert suggested(client, q="lens")["skills"] == ["Zoom lenses"]
    assert suggested(client, q="zookeeper (n")["titles"] == ["Senior zookeeper (nights)"]
    assert suggested(client, q="nights")["titles"] == ["Senior zookeeper (nights)"]


@pytest.mark.parametrize("slip", ["zokeeper", "zookeepre", "zookeepr", "zooekepre"])
def test_slips_are_corrected_where_nothing_begins_so(client: FlaskClient, slip: str) -> None:
    found = suggested(client, q=slip)
    assert (found["titles"][0], found["corrected"]) == ("Zookeeper", "zookeeper")


def test_only_so_many_of_a_kind_are_given(client: FlaskClient) -> None:
    assert suggested(client, q="zookeeper", size=1)["titles"] == ["Zookeeper"]


def test_what_stands_in_no_live_job_is_let_go(client: FlaskClient) -> None:
    db.session.execute(db.text("UPDATE jobs SET status = 'paused' WHERE status = 'published'"))
    db.session.commit()
    search_index.collect_words()
    assert suggested(client, q="zookeeper")["titles"] == []


@pytest.mark.parametrize("q", ["z", "", "z" * 101])
def test_too_little_and_too_much_are_refused(client: FlaskClient, q: str) -> None:
    answer = client.get("/api/v1/jobs/suggest", query_string={"q": q})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["q"])


@pytest.mark.parametrize("q", ["100%", "\\_", "a'b", "機械", "🦓🦓"])
def test_signs_are_letters_like_others(client: FlaskClient, q: str) -> None:
    assert suggested(client, q=q)["titles"] == []
