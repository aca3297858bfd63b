"""What operators ask of the cache."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.routes import cached
from src.services import category as category_service
from src.services import view as view_service
from src.utils.cache import cache, invalidate_cache
from src.utils.cache_tokens import TokenStore
from tests.factories import headers_for, make_company, make_job, make_user, rows

JOBS = "/api/v1/jobs"


def how(client: FlaskClient, path: str) -> str:
    return client.get(path).headers["X-Cache"]


def test_an_answer_is_made_once_and_then_found(client: FlaskClient) -> None:
    make_job(title="Night nurse")
    first, second = client.get(f"{JOBS}?q=nurse"), client.get(f"{JOBS}?q=nurse")
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert '"0 statements"' in second.headers["Server-Timing"]
    assert 'desc="hit"' in second.headers["Server-Timing"]


def turn_taken(turn: bytes, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody else takes the turn to compute an answer before who first asks for it; its keys."""
    begin, keys = TokenStore.begin, []

    def begun(store: TokenStore, key: str) -> bool:
        if (name := f"l:{key}") not in keys:
            keys.append(name)
            store.line.ask("SET", name, turn, "PX", 600_000)
        return begin(store, key)

    monkeypatch.setattr(TokenStore, "begin", begun)
    return keys


@pytest.fixture
def store(client: FlaskClient) -> TokenStore:
    assert cache.backend is not None
    return cache.backend.store


def dead(store: TokenStore) -> bytes:
    """The turn of a process of this host that is no more."""
    return store.turns.own().partition(b":")[0] + b":4711"


def test_nobody_waits_for_a_process_that_died_over_the_answer(
    client: FlaskClient, store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = turn_taken(dead(store), monkeypatch)
    monkeypatch.setattr(cached, "WAIT_SECONDS", 3600)
    assert [how(client, JOBS), how(client, JOBS)] == ["miss", "hit"]
    assert store.line.ask("MGET", *keys) == [None]


def test_one_request_waits_for_a_process_that_hangs_over_the_answer_and_takes_its_turn(
    client: FlaskClient, store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = turn_taken(b"of another host", monkeypatch)
    monkeypatch.setattr(cached, "WAIT_SECONDS", 0.05)
    held, view = [], category_service.all_rows

    def noted() -> list[Any]:
        held.extend(store.line.ask("MGET", *keys))
        return view()

    monkeypatch.setattr(category_service, "all_rows", noted)
    assert [how(client, "/api/v1/job-categories"), *held] == ["miss", store.turns.own()]
    assert store.line.ask("MGET", *keys) == [None]


def test_one_of_many_who_see_that_a_process_died_has_its_turn(store: TokenStore) -> None:
    store.line.ask("SET", "l:one", dead(store))
    assert store.begin("one")
    # As who looked before the turn was taken sees it.
    store.line.ask("SET", "l:one", dead(store))
    assert not store.begin("one")


def test_a_turn_that_another_has_taken_is_left_to_it(store: TokenStore) -> None:
    assert store.begin("two")
    store.line.ask("SET", "l:two", b"of another host")
    store.end("two")
    assert store.line.ask("GET", "l:two") == b"of another host"


@pytest.mark.parametrize(
    "spelling",
    ["page_size=20&q=nurse", "q=nurse&utm_source=x", "limit=20&q=nurse", "q=%20nurse&page=1"],
)
def test_equal_requests_share_an_answer(client: FlaskClient, spelling: str) -> None:
    assert how(client, f"{JOBS}?q=nurse") == "miss"
    assert how(client, f"{JOBS}?{spelling}") == "hit"


def test_a_found_answer_is_not_sent_again_to_who_has_it(client: FlaskClient) -> None:
    tag = client.get(JOBS).headers["ETag"]
    again = client.get(JOBS, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["X-Cache"] == "hit"


def test_a_visit_that_is_answered_from_the_cache_is_a_view(client: FlaskClient) -> None:
    job = make_job()
    for _ in range(3):
        client.get(f"{JOBS}/{job.id}")
    assert view_service.flush()
    assert rows("SELECT views FROM job_counters WHERE job_id = :id", id=job.id) == [(3,)]


def test_members_are_not_given_what_others_are(client: FlaskClient) -> None:
    owner = make_user("employer")
    job = make_job(make_company(owner))
    client.get(f"{JOBS}/{job.id}")
    own = client.get(f"{JOBS}/{job.id}", headers=headers_for(owner))
    assert own.headers["X-Cache"] == "bypass"
    assert "view_count" in own.json
    assert "view_count" not in client.get(f"{JOBS}/{job.id}").json


@pytest.mark.parametrize(
    ("pattern", "is_old"),
    [
        ("job_search", True), ("jobs_featured", False), ("job_*", True), ("company_*", False),
        ("no_such_name", True), ("*", True), ("job:1", False),
    ],
)  # fmt: skip
def test_a_name_makes_its_answers_old(client: FlaskClient, pattern: str, is_old: bool) -> None:
    client.get(JOBS)
    invalidate_cache([pattern])
    assert how(client, JOBS) == ("miss" if is_old else "hit")


def test_a_companys_id_makes_what_is_kept_by_its_slug_old(client: FlaskClient) -> None:
    company = make_company()
    client.get(f"/api/v1/companies/{company.slug}")
    invalidate_cache([f"company:{company.id}"])
    assert how(client, f"/api/v1/companies/{company.slug}") == "miss"


def test_everything_is_made_old_at_once(client: FlaskClient) -> None:
    paths = (JOBS, "/api/v1/companies", "/api/v1/job-categories")
    for path in paths:
        client.get(path)
    cache.clear_all()
    assert [how(client, path) for path in paths] == ["miss"] * 3


def test_admins_invalidate_by_name(app: Flask, client: FlaskClient) -> None:
    client.get(JOBS)
    asked = {"patterns": ["job_search", "company:1"]}
    answer = client.post(
        "/api/v1/cache/invalidate", json=asked, headers=headers_for(make_user("admin"))
    )
    assert (answer.status_code, answer.json) == (200, asked)
    assert how(client, JOBS) == "miss"


def test_invalidating_again_with_a_key_is_answered_and_makes_nothing_old(
    client: FlaskClient,
) -> None:
    keyed = headers_for(make_user("admin")) | {"Idempotency-Key": "once"}
    asked = {"patterns": ["job_search"]}
    answers = []
    for outcome in ("miss", "hit"):
        client.get(JOBS)
        answers.append(client.post("/api/v1/cache/invalidate", json=asked, headers=keyed))
        assert how(client, JOBS) == outcome
    assert [answer.json for answer in answers] == [asked, asked]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    other = client.post("/api/v1/cache/invalidate", json={"patterns": ["*"]}, headers=keyed)
    assert other.status_code == 422


def test_the_counts_are_by_read_and_in_all(client: FlaskClient) -> None:
    headers = headers_for(make_user("admin"))
    before = client.get("/api/v1/cache/metrics", headers=headers).json
    for _ in range(3):
        client.get("/api/v1/jobs/stats")
    after = client.get("/api/v1/cache/metrics", headers=headers).json
    assert after["total_hits"] - before["total_hits"] == 2
    assert after["total_misses"] - before["total_misses"] == 1
    assert after["by_name"]["job_stats"]["hits"] >= 2
    assert 0 < after["hit_rate"] < 1


def test_warming_fills_what_people_ask_for_first(committed: Flask) -> None:
    (category,) = rows("SELECT id FROM categories WHERE slug = 'healthcare'")
    job = make_job(make_company(), category_id=category.id)
    headers = headers_for(make_user("admin"))
    client = committed.test_client()
    db.session.commit()
    answer = client.post("/api/v1/cache/warm", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json["failed"] == 0
    assert answer.json["warmed"] > 10
    assert how(client, f"{JOBS}/{job.id}") == "hit"
    assert how(client, f"{JOBS}?category=healthcare") == "hit"
    assert rows("SELECT views FROM job_counters WHERE job_id = :id", id=job.id) == [(0,)]
