"""What a process keeps ready is given without Flask, and is in nothing else another answer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.routes import ready_answers
from src.services import view as view_service
from src.utils import clock
from src.utils.cache import cache
from tests.factories import make_company, make_job, rows

JOBS = "/api/v1/jobs"
OF_THE_REQUEST = {"X-Request-ID", "Server-Timing"}


@pytest.fixture
def flask_is_asked(app: Flask) -> Iterator[list[str]]:
    """The paths that came as far as Flask."""
    paths: list[str] = []
    tier = app.extensions["ready_answers"]
    behind = tier._flask

    def noted(environ: dict[str, str], start: object) -> object:
        paths.append(environ["PATH_INFO"])
        return behind(environ, start)

    tier._flask = noted
    yield paths
    tier._flask = behind


def test_the_third_to_ask_in_the_same_words_is_answered_without_flask(
    client: FlaskClient, flask_is_asked: list[str]
) -> None:
    make_job()
    answers = [client.get(f"{JOBS}?page_size=5") for _ in range(4)]
    assert len(flask_is_asked) == 2
    assert len({answer.data for answer in answers}) == 1
    told = [
        {name: value for name, value in answer.headers if name not in OF_THE_REQUEST}
        for answer in answers[1:]
    ]
    assert told[0] == told[1] == told[2]
    assert '0 statements", cache;' in answers[3].headers["Server-Timing"]


def test_the_callers_id_is_kept_and_a_bad_one_is_not(client: FlaskClient) -> None:
    for _ in range(2):
        client.get(JOBS)
    for given, expected in (("abc-1", True), ("bad id\t", False), ("x" * 65, False)):
        answer = client.get(JOBS, headers={"X-Request-ID": given})
        assert (answer.headers["X-Request-ID"] == given) is expected
        assert answer.headers["X-Cache"] == "hit"


def test_who_has_the_answer_is_sent_nothing(client: FlaskClient, flask_is_asked: list[str]) -> None:
    tags = [client.get(JOBS).headers["ETag"] for _ in range(3)]
    answer = client.get(JOBS, headers={"If-None-Match": tags[0]})
    assert (answer.status_code, answer.data, len(flask_is_asked)) == (304, b"", 2)
    assert answer.headers["ETag"] == tags[0]
    assert "Content-Length" not in answer.headers
    assert client.get(JOBS, headers={"If-None-Match": '"0-other"'}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer none"}, {"Origin": "https://a.example"}, {"Range": "bytes=0-1"}],
)
def test_whoever_says_more_is_answered_by_flask(
    client: FlaskClient, flask_is_asked: list[str], headers: dict[str, str]
) -> None:
    for _ in range(3):
        client.get(JOBS)
    client.get(JOBS, headers=headers)
    assert len(flask_is_asked) == 3


def test_a_question_mark_in_a_path_is_not_taken_for_the_query(client: FlaskClient) -> None:
    reference = f"b-{make_job().id}"
    for _ in range(3):
        assert client.get(f"{JOBS}/a%3F{reference}").status_code == 200
    assert client.get(f"{JOBS}/a", query_string=f"{reference}?").status_code == 422


def test_what_is_changed_is_not_given(client: FlaskClient) -> None:
    make_job(title="Night nurse")
    for _ in range(3):
        assert client.get(JOBS).json["total"] == 1
    make_job(title="Day nurse")
    assert client.get(JOBS).json["total"] == 2


def test_what_has_ended_by_the_clock_is_not_given(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()
    for _ in range(3):
        assert client.get(f"{JOBS}/{job.id}").status_code == 200
    later = job.expires_at + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get(f"{JOBS}/{job.id}").status_code == 410


def test_a_visit_is_a_view_though_flask_is_not_asked(client: FlaskClient) -> None:
    job = make_job(make_company())
    for _ in range(5):
        client.get(f"{JOBS}/{job.id}")
    assert view_service.flush()
    assert rows("SELECT views FROM job_counters WHERE job_id = :id", id=job.id) == [(5,)]


def test_requests_are_counted_by_their_route(client: FlaskClient) -> None:
    def counted() -> float:
        text = client.get("/metrics").text
        line = 'http_requests_total{method="GET",route="/api/v1/jobs/stats",status="200"} '
        return float(text.partition(line)[2].split("\n")[0] or 0)

    before = counted()
    for _ in range(4):
        client.get("/api/v1/jobs/stats")
    assert counted() == before + 4


def test_no_more_is_kept_than_there_is_room_for(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tier = app.extensions["ready_answers"]
    monkeypatch.setattr(ready_answers, "MOST_ANSWERS", 3)
    for page in range(1, 8):
        for _ in range(2):
            client.get(f"{JOBS}?page={page}")
    kept = list(tier._kept)
    assert [words.split()[1] for words in kept] == ["page=5", "page=6", "page=7"]
    sizes = (ready_answers._size(words, answer) for words, answer in tier._kept.items())
    assert tier._bytes == sum(sizes)


def test_nothing_is_given_while_the_cache_is_in_doubt(client: FlaskClient) -> None:
    for _ in range(3):
        client.get(JOBS)
    backend = cache.backend
    assert backend is not None
    backend.store.state.doubt()
    assert client.get(JOBS).headers["X-Cache"] == "bypass"
    backend.store.state.clear(backend.store.state.suspect)
    assert client.get(JOBS).headers["X-Cache"] == "hit"
