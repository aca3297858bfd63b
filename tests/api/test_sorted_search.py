"""Words in another order than relevance: newest or best paid first, however they are found."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.queries import job_search as search_queries
from src.services import search_index
from src.utils import clock
from tests.factories import make_company, make_job

WORDS = "night ward"


@pytest.fixture
def client(owner_app: Flask, committed: Flask) -> FlaskClient:
    """A caller of the application; words are counted as the owner."""
    return committed.test_client()


@pytest.fixture
def posted(owner_app: Flask) -> list[int]:
    """Forty jobs, every third with both words; the ids of these, newest first."""
    company, found = make_company(), []
    for number in range(40):
        text = "Night shifts on a ward" if number % 3 == 0 else "Nights at sea"
        job = make_job(
            company, description=f"<p>{text}</p>", salary_currency="USD", salary_period="year",
            salary_min=1000 * (number * 7 % 40), salary_max=1000 * (number * 7 % 40),
            published_at=clock.now() - timedelta(hours=number + 1),
        )  # fmt: skip
        found += [job.id] if number % 3 == 0 else []
    db.session.commit()
    search_index.count_words()
    return found


def paged(client: FlaskClient, sort: str, *, by_cursor: bool) -> list[dict[str, Any]]:
    """All jobs with the words, five at a time."""
    query, items = {"q": WORDS, "sort": sort, "page_size": 5}, []
    for number in range(2, 20):
        page = client.get("/api/v1/jobs", query_string=query).json
        assert page["total"] == 14
        items += page["items"]
        if not page["has_next"]:
            return items
        query |= {"cursor": page["next_cursor"]} if by_cursor else {"page": number}
    pytest.fail("the list does not end")


# Walking all of the order, walking too little of it to find enough, and not walking at all.
@pytest.mark.parametrize(("safety", "most"), [(3, 20_000), (0.01, 20_000), (3, 0)])
@pytest.mark.parametrize("by_cursor", [False, True])
def test_the_newest_with_the_words_come_first(
    client: FlaskClient, posted: list[int], monkeypatch: pytest.MonkeyPatch,
    safety: float, most: int, by_cursor: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(search_queries, "_WALK_SAFETY", safety)
    monkeypatch.setattr(search_queries, "_MOST_WALKED", most)
    items = paged(client, "newest", by_cursor=by_cursor)
    assert [job["id"] for job in items] == posted


@pytest.mark.parametrize(("safety", "most"), [(3, 20_000), (0.01, 20_000), (3, 0)])
def test_the_best_paid_with_the_words_come_first(
    client: FlaskClient, posted: list[int], monkeypatch: pytest.MonkeyPatch,
    safety: float, most: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(search_queries, "_WALK_SAFETY", safety)
    monkeypatch.setattr(search_queries, "_MOST_WALKED", most)
    items = paged(client, "salary", by_cursor=True)
    paid = [job["salary"]["max"] for job in items]
    assert paid == sorted(paid, reverse=True)
    assert {job["id"] for job in items} == set(posted)


@pytest.mark.usefixtures("posted")
def test_filters_hold_beside_the_words(client: FlaskClient) -> None:
    query = {"q": WORDS, "sort": "newest", "salary_min": 20_000, "salary_currency": "USD"}
    page = client.get("/api/v1/jobs", query_string=query).json
    assert 0 < page["total"] == len(page["items"]) < 14
    assert min(job["salary"]["max"] for job in page["items"]) >= 20_000
