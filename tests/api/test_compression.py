"""Answers are compressed for those who take it, and are told apart by whoever keeps them."""

import gzip
import json
from collections.abc import Callable

import pytest
import zstandard
from flask.testing import FlaskClient

from src.database import db
from tests import factories as make

TAKES = {"Accept-Encoding": "br, gzip"}
PATH = "/api/v1/jobs"


@pytest.fixture
def jobs(client: FlaskClient) -> None:
    for number in range(12):
        make.make_job(title=f"Night nurse {number}")
    db.session.commit()


@pytest.mark.parametrize(
    ("said", "way", "read"),
    [
        ("br, gzip", "gzip", gzip.decompress),
        ("zstd", "zstd", zstandard.decompress),
        ("gzip, deflate, br, zstd", "zstd", zstandard.decompress),
        ("zstd;q=0.5, gzip;q=0.8", "gzip", gzip.decompress),
        ("*", "zstd", zstandard.decompress),
        ("zstd;q=0, *", "gzip", gzip.decompress),
    ],
)
def test_who_takes_less_gets_the_same_in_fewer_bytes(
    client: FlaskClient, jobs: None, said: str, way: str, read: Callable[[bytes], bytes]
) -> None:
    plain, short = client.get(PATH), client.get(PATH, headers={"Accept-Encoding": said})
    assert (plain.content_encoding, short.content_encoding) == (None, way)
    assert len(short.data) < len(plain.data) / 3
    assert json.loads(read(short.data))["items"] == plain.get_json()["items"]
    assert all("Accept-Encoding" in answer.vary for answer in (plain, short))
    assert int(short.headers["Content-Length"]) == len(short.data)


@pytest.mark.parametrize("said", ["gzip;q=0", "identity", "br", "", "gzip;q=0, zstd;q=0, *"])
def test_who_takes_neither_is_given_neither(client: FlaskClient, jobs: None, said: str) -> None:
    client.get(PATH, headers=TAKES)
    answers = [client.get(PATH, headers={"Accept-Encoding": said}) for _ in range(3)]
    assert {answer.content_encoding for answer in answers} == {None}
    assert all(answer.get_json()["items"] for answer in answers)


def test_an_answer_kept_ready_is_kept_compressed(client: FlaskClient, jobs: None) -> None:
    answers = [client.get(PATH, headers=TAKES) for _ in range(4)]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "hit", "hit", "hit"]
    assert len({answer.data for answer in answers}) == 1
    assert "0 statements" in answers[-1].headers["Server-Timing"]
    assert answers[-1].content_encoding == "gzip"


def test_each_encoding_is_kept_ready_for_itself(client: FlaskClient, jobs: None) -> None:
    ways = {"zstd": "zstd", "gzip": "gzip", "identity": None}
    for _ in range(3):
        for said, way in ways.items():
            answer = client.get(PATH, headers={"Accept-Encoding": said})
            assert answer.content_encoding == way


def test_each_encoding_is_asked_again_by_its_own_etag(client: FlaskClient, jobs: None) -> None:
    plain, short = client.get(PATH), client.get(PATH, headers=TAKES)
    other = client.get(PATH, headers={"Accept-Encoding": "zstd"})
    assert len({answer.headers["ETag"] for answer in (plain, short, other)}) == 3
    for etag, status in ((short.headers["ETag"], 304), (plain.headers["ETag"], 200)):
        for _ in range(2):
            answer = client.get(PATH, headers={**TAKES, "If-None-Match": etag})
            assert (answer.status_code, "Accept-Encoding" in answer.vary) == (status, True)
            assert not answer.data or status == 200


def test_the_etag_of_a_compressed_answer_names_the_version_to_change(client: FlaskClient) -> None:
    owner = make.make_user(role="employer")
    company = make.make_company(owner)
    job = make.make_job(company, description="Care for patients. " * 90)
    db.session.commit()
    headers = make.headers_for(owner)
    etag = client.get(f"{PATH}/{job.id}", headers={**headers, **TAKES}).headers["ETag"]
    assert etag.endswith('-gzip"')
    changed = client.patch(
        f"{PATH}/{job.id}", json={"title": "Day nurse"}, headers={**headers, "If-Match": etag}
    )
    assert changed.status_code == 200, changed.text


def test_short_answers_and_those_nobody_may_keep_are_left_as_they_are(client: FlaskClient) -> None:
    user = make.make_user()
    for path in ("/health", "/api/v1/auth/me", "/api/v1/auth/me/export"):
        answer = client.get(path, headers={**make.headers_for(user), **TAKES})
        assert (answer.status_code, answer.content_encoding) == (200, None)


def test_caches_between_may_keep_what_is_everybodys_and_nothing_else(
    client: FlaskClient, jobs: None
) -> None:
    own = client.get(PATH, headers=make.headers_for(make.make_user()))
    public = [client.get(PATH) for _ in range(3)]
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert {answer.headers["Cache-Control"] for answer in public} == {"public, no-cache"}
    assert client.get("/api/v1/jobs/999999").headers["Cache-Control"] == "no-cache"
