"""The newest jobs of a search as RSS."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.utils import clock
from tests.factories import make_company, make_job
from tests.feed_rules import broken_rss, parse

RSS = "/feeds/jobs.rss"
HOUR = timedelta(hours=1)


def fetch(client: FlaskClient, query: str = "") -> bytes:
    answer = client.get(f"{RSS}?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/rss+xml"
    assert broken_rss(answer.data) == []
    return answer.data


def titles(client: FlaskClient, query: str = "") -> list[str]:
    return [item.findtext("title") or "" for item in parse(fetch(client, query)).iter("item")]


def test_the_newest_fifty_come_newest_first(client: FlaskClient) -> None:
    company = make_company()
    for number in range(52):
        make_job(company, title=f"Job {number}", published_at=clock.now() - number * HOUR)
    assert titles(client) == [f"Job {number}" for number in range(50)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=nurse", ["Night nurse", "Day nurse"]), ("q=%22night+nurse%22", ["Night nurse"]),
        ("country=NO", ["Day nurse"]), ("remote=true", ["Night nurse"]), ("q=nobody", []),
        ("employment_type=contract,part_time", ["Welder"]), ("company=nobody", []),
    ],
)  # fmt: skip
def test_filters_are_those_of_the_search(client: FlaskClient, query: str, found: list[str]) -> None:
    now = clock.now()
    make_job(title="Night nurse", is_remote=True, published_at=now - HOUR)
    make_job(title="Day nurse", country="NO", published_at=now - 2 * HOUR)
    make_job(title="Welder", employment_type="contract", published_at=now - 3 * HOUR)
    assert titles(client, query) == found


@pytest.mark.parametrize("query", ["page=2", "sort=salary", "nonsense=1", "remote=perhaps"])
def test_what_the_feed_does_not_know_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{RSS}?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert list(answer.json["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "words",
    ["Pflege & <b> ]]>", "夜勤看護師 😀", "Медсестра", "ممرضة ليلية", "रात की नर्स \x01\ufffe"],
)
def test_a_feed_is_valid_whatever_jobs_and_searches_say(client: FlaskClient, words: str) -> None:
    job = make_job(make_company(name=words), title=words, description=f"<p>{words}</p>")
    fetch(client, f"q={quote(words)}&location={quote(words)}")
    [item] = parse(fetch(client)).iter("item")
    assert item.findtext("guid") == f"http://127.0.0.1:8000/api/v1/jobs/{job.id}"
    assert (item.findtext("link") or "").endswith(f"{job.id}")


def test_the_feed_names_itself_with_its_filters_in_one_spelling(client: FlaskClient) -> None:
    own = parse(fetch(client, "remote=TRUE&q=night+nurse&utm_source=x"))[0].find(
        "{http://www.w3.org/2005/Atom}link"
    )
    assert own is not None
    assert own.get("href") == "http://127.0.0.1:8000/feeds/jobs.rss?q=night+nurse&remote=true"


def test_what_is_published_or_ended_shows_at_once(client: FlaskClient) -> None:
    first = make_job(title="First")
    assert titles(client) == ["First"]
    make_job(title="Second", published_at=clock.now())
    assert titles(client) == ["Second", "First"]
    first.status = "closed"
    db.session.flush()
    assert titles(client) == ["Second"]


def test_the_feed_is_kept_and_not_sent_twice(client: FlaskClient) -> None:
    make_job()
    first, again = client.get(RSS), client.get(RSS)
    assert (again.headers["X-Cache"], again.data) == ("hit", first.data)
    same = client.get(RSS, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
