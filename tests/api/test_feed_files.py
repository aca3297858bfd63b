"""The feed of all jobs and the sitemap: files built whole, valid whatever jobs say."""

import dataclasses
import gzip
import os
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from src import tasks
from src.database import db
from src.queries import feed as feed_queries
from src.services import feed as feed_service
from src.utils.xml import Form
from tests.background import queued
from tests.factories import make_company, make_job, rows
from tests.feed_rules import broken_indeed, broken_index, broken_sitemap, locations, parse

BASE = "https://jobs.example/x?a=1&b=2"
FEED, INDEX, PART = "/feeds/jobs.xml", "/sitemap.xml", "/sitemaps/jobs-1.xml"


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of this test alone, for a site whose address is awkward in XML."""
    config = app.config["TALENTSPHERE"]
    mine = dataclasses.replace(config, data_dir=tmp_path, public_url=BASE)
    monkeypatch.setitem(app.config, "TALENTSPHERE", mine)
    return tmp_path / "feeds"


def build() -> None:
    tasks.queue.tasks["feeds.build"].func(timestamp=0)


def fetch(client: FlaskClient, path: str, **headers: str) -> bytes:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.data


def numbers(client: FlaskClient) -> list[int]:
    found = parse(fetch(client, FEED)).iter("referencenumber")
    return [int(element.text or 0) for element in found]


AWKWARD = (
    "Pflege & <Nacht> ]]> \"'", "夜勤看護師 😀", "Медсестра \x0b\x0c\x1f", "ممرضة\u202e ليلية",
    "रात की नर्स \ufffe\uffff", "\x01\x02", "a\rb\r\nc\td", "&amp; &lt; &#0; &bogus; <!-- -- >",
)  # fmt: skip


def test_every_document_is_valid_whatever_jobs_say(client: FlaskClient) -> None:
    for words in AWKWARD:
        company = make_company(name=f"House {words}", country="DE", city=words)
        make_job(
            company, title=f"Job {words}", description=f"<p>x {words} &amp; &nbsp; &lt;b&gt;</p>",
            requirements=f"<p>{words}</p>", application_type="email",
            application_email="a@b.example", external_id=f"x{words}", is_remote=True,
            employment_type="contract",
        )  # fmt: skip
    make_job(description="")
    build()
    assert broken_indeed(fetch(client, FEED)) == []
    assert broken_index(fetch(client, INDEX), BASE) == []
    assert broken_sitemap(fetch(client, PART), BASE) == []
    assert len(numbers(client)) == len(AWKWARD) + 1


def test_a_job_says_in_the_feed_what_its_page_says(client: FlaskClient) -> None:
    job = make_job(
        make_company(name="Clinic & Co"), title="Nurse <night>", city="Bergen", region="Vestland",
        country="NO", salary_min=10, salary_max=20, salary_currency="NOK", salary_period="hour",
        experience_level="senior", category_id=1, description="<p>A &amp; B, 3 &lt; 4</p>",
    )  # fmt: skip
    build()
    said = {part.tag: part.text for part in parse(fetch(client, FEED))[2]}
    assert said["title"] == "Nurse <night>"
    assert said["company"] == "Clinic & Co"
    assert (said["city"], said["state"], said["country"]) == ("Bergen", "Vestland", "NO")
    assert said["salary"] == "NOK 10 – 20 an hour"
    assert said["description"] == "<p>A & B, 3 &lt; 4</p>"
    assert said["url"] == f"{BASE}/api/v1/jobs/nurse-night-{job.id}"
    assert said["url"] in locations(fetch(client, PART))


def test_a_hidden_salary_is_not_in_the_feed(client: FlaskClient) -> None:
    hidden = {"salary_min": 10, "salary_currency": "EUR", "salary_period": "hour"}
    make_job(salary_is_visible=False, **hidden)
    build()
    assert b"<salary>" not in fetch(client, FEED)


def test_only_live_jobs_are_named_and_what_ends_leaves_with_the_next_build(
    client: FlaskClient,
) -> None:
    job, other = make_job(), make_job()
    make_job(status="draft")
    make_job(make_company(status="suspended"))
    build()
    assert numbers(client) == [job.id, other.id]
    job.status = "closed"
    db.session.flush()
    build()
    assert numbers(client) == [other.id]
    assert len(locations(fetch(client, PART))) == 2


def test_what_ends_before_the_next_build_is_left_out(client: FlaskClient) -> None:
    job = make_job()
    rows("UPDATE jobs SET expires_at = now() + interval '14 minutes' RETURNING 1")
    build()
    assert numbers(client) == []
    assert client.get(f"/api/v1/jobs/{job.id}").status_code == 200


@pytest.mark.parametrize("path", [FEED, INDEX, PART])
def test_before_the_first_build_there_is_a_valid_document_without_jobs(
    client: FlaskClient, path: str
) -> None:
    make_job()
    found = fetch(client, path)
    check = {FEED: broken_indeed, INDEX: lambda it: broken_index(it, BASE)}
    assert check.get(path, lambda it: broken_sitemap(it, BASE))(found) == []
    assert b"/jobs/" not in found.replace(b"/sitemaps/jobs", b"")
    assert client.get("/sitemaps/jobs-2.xml").status_code == 404


@pytest.mark.parametrize("number", ["9" * 300, "9" * 200, "0"])
def test_a_part_that_no_sitemap_can_have_is_not_there(client: FlaskClient, number: str) -> None:
    make_job()
    build()
    assert client.get(f"/sitemaps/jobs-{number}.xml").status_code == 404


def test_a_full_part_is_followed_by_the_next_and_old_parts_are_removed(
    client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_service, "MOST_URLS", 3)
    company = make_company()
    jobs = [make_job(company) for _ in range(7)]
    build()
    parts = [place.removeprefix(BASE) for place in locations(fetch(client, INDEX))]
    assert parts == [f"/sitemaps/jobs-{number}.xml" for number in (1, 2, 3)]
    found = [locations(fetch(client, part)) for part in parts]
    assert [len(part) for part in found] == [3, 3, 2]
    assert len({place for part in found for place in part}) == 8
    for job in jobs[2:]:
        job.status = "closed"
    db.session.flush()
    build()
    assert sorted(path.name for path in folder.iterdir()) == [
        "built", "jobs-1.xml.gz", "jobs.xml.gz", "sitemap.xml.gz",
    ]  # fmt: skip


def test_a_part_is_full_by_its_size_too(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_service, "MOST_BYTES", 1000)
    for _ in range(20):
        make_job(title="Night nurse " * 10)
    build()
    parts = locations(fetch(client, INDEX))
    sizes = [len(fetch(client, part.removeprefix(BASE))) for part in parts]
    assert max(sizes) <= 1000
    assert len(sizes) > 2


def test_who_takes_gzip_is_given_the_file_and_others_its_text(
    client: FlaskClient, folder: Path
) -> None:
    make_job()
    build()
    zipped = client.get(FEED, headers={"Accept-Encoding": "br, gzip"})
    plain = client.get(FEED, headers={"Accept-Encoding": "gzip;q=0"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.data == (folder / "jobs.xml.gz").read_bytes()
    assert zipped.headers["Content-Length"] == str(len(zipped.data))
    assert not {"Content-Encoding", "Content-Length"} & {*plain.headers.keys()}
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert {zipped.headers["Vary"], plain.headers["Vary"]} == {"Accept-Encoding"}


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_who_has_the_document_is_sent_nothing(client: FlaskClient, encoding: str) -> None:
    make_job()
    build()
    first = client.get(FEED, headers={"Accept-Encoding": encoding})
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = client.get(FEED, headers={"Accept-Encoding": encoding, **condition})
        assert (again.status_code, again.data) == (304, b"")
    head = client.head(FEED, headers={"Accept-Encoding": encoding})
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


def test_a_build_that_changes_nothing_makes_nothing_new(client: FlaskClient, folder: Path) -> None:
    job = make_job()
    build()
    for path in folder.glob("*.gz"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    tags = {path: client.get(path).headers["ETag"] for path in (FEED, PART)}
    build()
    assert {path: client.get(path).headers["ETag"] for path in tags} == tags
    assert client.get(FEED).headers["Last-Modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"
    job.title = "Another"
    db.session.flush()
    build()
    assert all(client.get(path).headers["ETag"] != tag for path, tag in tags.items())


def test_a_build_that_fails_leaves_the_old_files_and_no_half_ones(
    client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_job()
    build()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    make_job()
    monkeypatch.setattr(feed_service, "MOST_URLS", 1)
    monkeypatch.setattr("src.schemas.feed.job_url", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_a_killed_build_left_is_removed(folder: Path) -> None:
    folder.mkdir()
    (folder / ".jobs.xml.gz.4711").write_bytes(b"half")
    build()
    assert not list(folder.glob(".*"))


def test_while_one_builds_another_does_not(committed: Flask, folder: Path) -> None:
    with db.engine.connect() as elsewhere:
        elsewhere.execute(feed_queries.BEGIN)
        build()
        assert not list(folder.glob("*.gz"))


# 800 kB a job.
LONG_JOBS = """
INSERT INTO jobs (company_id, title, description, requirements, responsibilities, benefits,
                  status, published_at, expires_at)
SELECT :company, 'x', t, t, t, t, 'published', now(), now() + interval '9 days'
FROM generate_series(1, 100), repeat('.', 200000) AS t RETURNING 1
"""


@pytest.mark.long
def test_a_build_holds_few_jobs_in_memory_at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.execute(text("SET LOCAL statement_timeout = 0"))
    rows(LONG_JOBS, company=make_company().id)
    monkeypatch.setattr(feed_service, "FETCHED_ROWS", 5)
    process, used = psutil.Process(), []

    def measured(_: Any) -> str:
        used.append(process.memory_info().rss)
        return ""

    form = Form("", measured, "")
    before = process.memory_info().rss
    feed_service.build(feed_service.Forms(form, form, "", form))
    assert len(used) == 201
    # All of them would be 80 MB.
    assert max(used) - before < 25_000_000


def test_a_worker_without_files_asks_for_a_build_and_one_with_new_ones_does_not(
    folder: Path,
) -> None:
    feed_service.ask_for_first()
    assert queued("feeds.build") == [{"timestamp": 0}]
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    build()
    feed_service.ask_for_first()
    assert queued("feeds.build") == []
    os.utime(folder / "built", (1_000_000_000, 1_000_000_000))
    feed_service.ask_for_first()
    assert len(queued("feeds.build")) == 1


def test_the_clock_builds_every_fifteen_minutes() -> None:
    entries: Any = tasks.queue.periodic_registry.periodic_tasks.values()
    assert {entry.task.name: entry.cron for entry in entries}["feeds.build"] == "*/15 * * * *"


def test_robots_are_told_where_the_sitemap_is(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert f"Sitemap: {BASE}/sitemap.xml" in answer.text.splitlines()


@pytest.mark.parametrize("path", [FEED, INDEX, PART])
@pytest.mark.parametrize("said", ['"1-x"', "*"])
def test_what_is_said_for_writes_keeps_nobody_from_reading(
    client: FlaskClient, path: str, said: str
) -> None:
    make_job()
    build()
    plain = client.get(path)
    again = client.get(path, headers={"If-Match": said})
    assert (again.status_code, again.data) == (200, plain.data)
    same = {"If-Match": said, "If-None-Match": plain.headers["ETag"]}
    assert client.get(path, headers=same).status_code == 304
