"""How many jobs a search finds: exact to a bound, and beyond it as sure as a sample makes it."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from src.database import db
from src.models.job_search import in_sample
from src.queries import search_plan
from src.utils import clock
from tests.factories import make_company, make_job

COUNTED, CANDIDATES, JOBS = 20, 4, 40
FIRST_ID = 10_000_000
# What a sample of so few can hardly have, and what it has as soon as it has anything.
NEVER, AT_ONCE = 1_000, 1
QUERIES = ("zookeeper", "aquarium", "aquarium terrarium", "walrus", "zookeeper or walrus")


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word is common, and a page is cut from hardly any jobs."""
    for name, bound in {
        "COUNTED": COUNTED, "CANDIDATES": CANDIDATES, "SAMPLED": 0, "ENOUGH": 2, "SURE": NEVER,
    }.items():  # fmt: skip
        monkeypatch.setattr(search_plan, name, bound)


@pytest.fixture
def jobs(client: FlaskClient) -> None:
    """Jobs of two months, of which ever fewer have each word; counted an hour ago."""
    company = make_company()
    for number in range(JOBS):
        # Whether a job is in a sample is decided by its id.
        job_id = FIRST_ID + number
        words = ["aquarium"] * (number % 2) + ["terrarium"] * (number % 5 == 1)
        words += ["walrus"] * (number == 7)
        make_job(
            company, id=job_id, title="Zookeeper" if number % 4 else "Falconer", country="NO",
            description=f"<p>You care for {' and '.join(words) or 'owls'}.</p>",
            published_at=clock.now() - timedelta(days=number, hours=1),
            expires_at=clock.now() + timedelta(days=9),
        )  # fmt: skip
    counted = {"": (JOBS, 60), "zookeep": (30, 30), "aquarium": (20, 0), "terrarium": (8, 0)}
    for word, (in_doc, in_head) in counted.items():
        values = {"word": word, "in_doc": in_doc, "in_head": in_head}
        db.session.execute(text("INSERT INTO lexemes VALUES (:word, :in_doc, :in_head)"), values)


def asked(client: FlaskClient, q: str, path: str = "jobs", **query: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", query_string={"q": q, **query})
    assert answer.status_code == 200, answer.json
    return answer.json


def matching(q: str, condition: str = "true") -> int:
    """The jobs that the strictest reading of these words holds for, counted one by one."""
    words = " & ".join(q.split()).replace("& or &", "|")
    counted = text(
        "SELECT count(*) FROM job_search"
        f" WHERE doc @@ to_tsquery('talentsphere', :words) AND {condition}"
    )
    return int(db.session.execute(counted, {"words": words}).scalar_one())


@pytest.mark.parametrize("sort", ["relevance", "newest"])
@pytest.mark.parametrize("q", QUERIES)
@pytest.mark.usefixtures("jobs")
def test_a_total_is_exact_to_its_bound_however_it_is_counted(
    client: FlaskClient, q: str, sort: str
) -> None:
    page, number = asked(client, q, sort=sort), matching(q)
    assert page["total"] == min(number, COUNTED)
    assert page["total_relation"] == ("gte" if number > COUNTED else "eq")


@pytest.mark.parametrize("sort", ["relevance", "newest"])
@pytest.mark.parametrize("q", QUERIES)
@pytest.mark.usefixtures("jobs")
def test_what_a_sample_has_enough_of_is_counted_no_further(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, q: str, sort: str
) -> None:
    monkeypatch.setattr(search_plan, "SURE", AT_ONCE)
    page, drawn = asked(client, q, sort=sort), matching(q, in_sample(16))
    told = (page["total"], page["total_relation"])
    # One list that was read to its end needs no sample.
    exact = (min(matching(q), COUNTED), "gte" if matching(q) > COUNTED else "eq")
    assert told in {(COUNTED, "gte") if drawn else exact, exact}


@pytest.mark.usefixtures("jobs")
def test_facets_of_a_common_word_are_those_of_a_sample_times_its_share(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_plan, "SURE", AT_ONCE)
    drawn = matching("zookeeper", in_sample(16))
    assert drawn, "of so many jobs some are in the sample"
    for path, query in (("jobs/facets", {}), ("jobs", {"facets": "country"})):
        found = asked(client, "zookeeper", path, **query)
        assert (found["total"], found["total_relation"]) == (COUNTED, "gte")
        values = found["facets"]["country"]
        assert values == [{"value": "NO", "label": "Norway", "count": 16 * drawn}]


@pytest.mark.parametrize("q", ["zookeeper", "aquarium", "aquarium terrarium", "walrus"])
@pytest.mark.usefixtures("jobs")
def test_a_page_and_its_facets_count_the_same_jobs(client: FlaskClient, q: str) -> None:
    alone, page = asked(client, q, "jobs/facets"), asked(client, q, facets="country")
    assert (page["total"], page["total_relation"]) == (alone["total"], alone["total_relation"])
    assert page["facets"]["country"] == alone["facets"]["country"]
    assert alone["facets"]["country"][0]["count"] == min(matching(q), COUNTED)


@pytest.mark.usefixtures("jobs")
def test_the_newest_matches_are_ranked_however_they_are_read(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    for sure in (NEVER, AT_ONCE):
        monkeypatch.setattr(search_plan, "SURE", sure)
        pages.append([job["id"] for job in asked(client, "aquarium")["items"]])
    newest = text(
        "SELECT job_id FROM job_search WHERE doc @@ 'aquarium'::tsquery"
        f" ORDER BY published_at DESC LIMIT {CANDIDATES}"
    )
    assert set(pages[0]) == set(pages[1]) == set(db.session.scalars(newest))


def test_heads_that_were_listed_twice_do_not_stand_for_texts(client: FlaskClient) -> None:
    for _ in range(CANDIDATES - 1):
        make_job(title="Registered nurse")
    for _ in range(2):
        make_job(title="Driver", description="<p>You drive each registered nurse.</p>")
    assert asked(client, "registered nurse")["total"] == CANDIDATES + 1


def test_a_level_that_was_thought_likely_is_relaxed_when_it_gives_hardly_any(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_plan, "ENOUGH", 5)
    make_job(title="Zookeeper of a terrarium")
    job = make_job(title="Zookeeper")
    for word in ("zookeep", "terrarium", ""):
        values = {"word": word, "n": CANDIDATES * 90, "days": 60}
        db.session.execute(text("INSERT INTO lexemes VALUES (:word, :n, :days)"), values)
    found = asked(client, "zookeeper terrarium")
    assert job.id in [item["id"] for item in found["items"]]
    assert asked(client, "zookeeper terrarium", "jobs/facets")["total"] == found["total"] == 2
