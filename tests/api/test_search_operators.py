"""GET /jobs?q= with phrases, `-not` and `or`: as written, whatever is written."""

import random
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.queries import search_operators
from src.services import job_search, search_reading
from src.understanding import spelling
from src.utils import clock
from tests.factories import make_company, make_job, rows

SEARCHES = ("/api/v1/jobs", "/api/v1/jobs/facets", "/api/v1/companies", "/feeds/jobs.rss")
SIGNS = [*"-\"()|&!:*'\\/–“＂－#.ax ", "or", "C#", "IT", "护士"]


@pytest.fixture(scope="module", autouse=True)
def tables() -> None:
    """Read as a server does at its start: on a busy machine it takes longer than a request may."""
    spelling.warm()


def answer(client: FlaskClient, path: str = "/api/v1/jobs", **query: Any) -> Any:
    got = client.get(path, query_string=query)
    assert got.status_code == 200, (query, got.json)
    return got.json


def found(client: FlaskClient, **query: Any) -> list[str]:
    return [job["title"] for job in answer(client, **query)["items"]]


def strange(seed: int) -> str:
    """Of few signs at a time, else nothing is ever repeated; every other one has many hyphens."""
    rolled = random.Random(seed)
    some = rolled.sample(SIGNS, rolled.randint(1, 6)) + ["-"] * (seed % 2 * 100)
    return ("nurse " + "".join(rolled.choices(some, k=250)))[: rolled.randint(1, 255)]


@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize(
    "words", ["nurse " + "-" * 32, "- " * 50, '"a" ' + "-|" * 99, "/-" * 99, "－" * 99, "-x" * 99]
)
def test_hyphens_are_no_error_however_many(client: FlaskClient, path: str, words: str) -> None:
    answer(client, path, q=words)


@pytest.mark.parametrize("path", SEARCHES)
def test_no_mixture_of_signs_is_an_error(client: FlaskClient, path: str) -> None:
    for seed in range(20):
        answer(client, path, q=strange(seed))


def test_whatever_is_written_becomes_a_query(client: FlaskClient) -> None:
    """Each as all searches spell it, in one statement; and what PostgreSQL prints, it reads."""
    written = [search_operators.spelled(strange(seed)) for seed in range(2_000)]
    read = rows(
        "SELECT count((websearch_to_tsquery('talentsphere', search_text(w))::text)::tsquery"
        ") AS n, count(websearch_to_tsquery('talentsphere', w)) AS raw"
        " FROM unnest(CAST(:written AS text[])) AS t (w)",
        written=written,
    )
    assert (read[0].n, read[0].raw) == (2_000, 2_000)


def test_a_query_that_is_too_much_for_the_database_is_refused_by_name(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_operators, "spelled", lambda text: text)
    got = client.get("/api/v1/jobs", query_string={"q": '"nurse" ' + "-" * 40})
    assert (got.status_code, list(got.json["errors"])) == (422, ["q"])


def test_a_hyphen_between_spaces_is_a_dash(client: FlaskClient) -> None:
    make_job(title="Night nurse, ward 7")
    assert found(client, q='"night nurse" - ward') == ["Night nurse, ward 7"]
    assert found(client, q='"night nurse" -ward') == []


@pytest.mark.parametrize("quotes", ["“”", "„“", "«»", "＂＂"])
def test_quotes_of_any_kind_make_a_phrase(client: FlaskClient, quotes: str) -> None:
    make_job(title="Night nurse")
    make_job(title="Nurse for a night shelter")
    assert found(client, q=f"{quotes[0]}night nurse{quotes[1]}") == ["Night nurse"]


@pytest.mark.parametrize("more", [{}, {"sort": "newest"}, {"country": "NO"}])
def test_an_excluded_word_is_excluded_from_the_text_too(
    client: FlaskClient, more: dict[str, str]
) -> None:
    make_job(title="Zookeeper", country="NO")
    make_job(title="Zookeeper", country="NO", description="<p>You feed pythons.</p>")
    page = answer(client, q="zookeeper -python", facets="country", **more)
    assert (len(page["items"]), page["total"]) == (1, 1)
    assert page["facets"]["country"][0]["count"] == 1


def test_a_word_excluded_from_titles_may_stand_in_the_text(client: FlaskClient) -> None:
    make_job(title="Zookeeper", description="<p>You feed pythons.</p>")
    make_job(title="Zookeeper of pythons")
    assert found(client, q="zookeeper -python", title_only="true") == ["Zookeeper"]


@pytest.mark.parametrize("words", ["-python", "-python -falconer", "-python or -falconer"])
def test_negations_alone_list_the_newest_of_the_others(client: FlaskClient, words: str) -> None:
    hour = timedelta(hours=1)
    make_job(title="Python falconer", published_at=clock.now() - hour)
    make_job(title="Older", published_at=clock.now() - 3 * hour)
    make_job(title="Newer", published_at=clock.now() - 2 * hour)
    page = answer(client, q=words, facets="remote")
    assert [job["title"] for job in page["items"]] == ["Newer", "Older"]
    assert (page["total"], page["facets"]["remote"][0]["count"]) == (2, 2)
    assert answer(client, "/api/v1/jobs/facets", q=words)["total"] == 2


def test_negations_alone_are_no_search_of_the_index_of_words(client: FlaskClient) -> None:
    """It would read the whole of it: what lacks a word is in no list."""
    asked = job_search.read({"q": "-nurse", "title_only": False})
    assert asked.plan is not None
    assert (asked.plan.levels, asked.plan.unlike) == ((), "!'nurs'")
    plan = rows(f"EXPLAIN SELECT 1 FROM job_search WHERE true{asked.filters().sql()}",
                **asked.filters().binds())  # fmt: skip
    assert not any("ix_job_search_doc" in row[0] for row in plan)


def test_negations_alone_keep_out_of_similar_words_with_filters(client: FlaskClient) -> None:
    company = make_company()
    make_job(company, title="Falconer", country="NO")
    make_job(company, title="Zookeeper", country="NO")
    make_job(title="Waiter", country="DE")
    assert found(client, q="-falconer", country="NO") == ["Zookeeper"]
    page = answer(client, q="-falconer -zookeeper", country="NO")
    assert (page["total"], page["without"][0]["total"]) == (0, 1)


@pytest.mark.parametrize("title", ["Zookeeper or falconer", 'Zookeeper "Nord" -Süd', "„Zookeeper“"])
def test_similar_jobs_take_a_title_for_words_whatever_is_in_it(
    client: FlaskClient, title: str
) -> None:
    job = make_job(title=title)
    make_job(title="Senior zookeeper")
    similar = answer(client, f"/api/v1/jobs/{job.id}/similar")["items"]
    assert [each["title"] for each in similar] == ["Senior zookeeper"]
    plan, _ = search_reading.understood(title)
    assert not any("!" in level.tsquery for level in plan.levels)
