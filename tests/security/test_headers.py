"""What headers must not do: name another host, origin, address or verb."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.config import Config
from src.database import db
from src.main import create_app
from src.utils.load import Load
from tests import factories as make
from tests.background import queued, run_queued
from tests.contract.operations import OPERATIONS, Operation, over

Making = Callable[..., FlaskClient]


@pytest.fixture
def make_client(app: Flask, config: Config) -> Iterator[Making]:
    """A caller of an application of other settings, over the same transaction."""
    made: list[Flask] = []
    connection = db.engines[None]

    def client_of(**settings: Any) -> FlaskClient:
        other = create_app(dataclasses.replace(config, **settings))
        made.append(other)
        with other.app_context():
            db.engines[None] = connection  # type: ignore[index]
        return other.test_client()

    yield client_of
    for other in made:
        other.extensions["counters"].close()


@pytest.mark.parametrize(
    "host",
    ["evil.example", "api.example.evil.example", "api.example:99999", "a b", "", "127.0.0.1@x"],
)
def test_a_host_that_is_not_ours_is_refused(make_client: Making, host: str) -> None:
    client = make_client(trusted_hosts=("api.example", ".jobs.example"))
    assert client.get("/health", headers={"Host": "api.example"}).status_code == 200
    assert client.get("/health", headers={"Host": "eu.jobs.example:8000"}).status_code == 200
    for path in ("/health", "/api/v1/jobs"):
        assert client.get(path, headers={"Host": host}).status_code == 400


HOW_WE_FARE = [
    "/health", "/health/ready", "/api/v1/health", "/api/v1/health/ready", "/metrics",
]  # fmt: skip


@pytest.mark.parametrize("path", HOW_WE_FARE)
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "127.0.0.1"])
def test_the_machine_itself_asks_how_it_fares_by_its_own_name(
    make_client: Making, path: str, host: str
) -> None:
    client = make_client(trusted_hosts=("api.example",))
    assert client.get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("trusted_proxies", [0, 1])
def test_nobody_else_is_answered_by_that_name_and_nothing_else_is(
    make_client: Making, trusted_proxies: int
) -> None:
    client = make_client(trusted_hosts=("api.example",), trusted_proxies=trusted_proxies)
    here = {"Host": "127.0.0.1:8000"}
    away = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.get("/api/v1/jobs", headers=here).status_code == 400
    assert client.get("/metrics", headers=here, environ_base=away).status_code == 400
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        for said in ("127.0.0.1", "203.0.113.7", ""):
            answer = client.get("/metrics", headers=here | {name: said})
            assert answer.status_code == 400, (name, said)


def test_a_kept_public_answer_is_not_given_to_another_host(make_client: Making) -> None:
    client = make_client(trusted_hosts=("api.example",))
    for _ in range(3):
        good = client.get("/api/v1/job-categories", headers={"Host": "api.example"})
        assert good.status_code == 200
    bad = client.get("/api/v1/job-categories", headers={"Host": "evil.example"})
    assert bad.status_code == 400


def test_no_host_of_a_request_gets_into_a_mail(client: FlaskClient) -> None:
    make.make_user(email="ada@mail.example")
    headers = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "Origin": "http://evil.example",
    }
    client.post("/api/v1/auth/forgot-password", json={"email": "ada@mail.example"}, headers=headers)
    run_queued("account.send_reset")
    (letter,) = queued("mail.send")
    assert "evil.example" not in str(letter)


def allowed(client: FlaskClient, origin: str, verb: str = "GET") -> str | None:
    headers = {"Origin": origin}
    if verb == "OPTIONS":
        headers["Access-Control-Request-Method"] = "DELETE"
    answer = client.open("/api/v1/jobs", method=verb, headers=headers)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    return answer.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize("verb", ["GET", "OPTIONS"])
def test_only_the_origins_that_are_named_may_read_answers(make_client: Making, verb: str) -> None:
    client = make_client(cors_origins=("https://jobs.example",))
    assert allowed(client, "https://jobs.example", verb) == "https://jobs.example"
    for other in (
        "http://jobs.example", "https://jobs.example.evil.example", "https://evil-jobs.example",
        "https://jobs.example:8443", "null", "https://jobs-example", "*", "https://JOBS.example/",
    ):  # fmt: skip
        assert allowed(client, other, verb) is None, other


def test_without_origins_that_are_named_no_other_page_reads_answers(client: FlaskClient) -> None:
    assert allowed(client, "https://jobs.example") is None


# Of the contract, beside what every browser shows: Content-Type, Last-Modified, Cache-Control.
PROMISED = {
    "Allow", "Content-Disposition", "ETag", "Idempotency-Replayed", "Link", "Location",
    "Retry-After", "Server-Timing", "WWW-Authenticate", "X-Cache", "X-Request-ID",
}  # fmt: skip


def exposed(answer: Any) -> set[str]:
    return {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}


def test_a_page_of_another_origin_reads_every_header_that_is_promised(
    make_client: Making,
) -> None:
    client = make_client(cors_origins=("https://jobs.example",))
    paths = client.get("/openapi.json").json["paths"].values()
    answers = [
        answer
        for path in paths
        for verb in path.values()
        if isinstance(verb, dict)
        for answer in verb["responses"].values()
    ]
    documented = {name for answer in answers for name in answer.get("headers", ())}
    origin = {"Origin": "https://jobs.example"}
    for path, status in (("/api/v1/jobs", 200), ("/api/v1/auth/me", 401), ("/none", 404)):
        answer = client.get(path, headers=origin)
        assert answer.status_code == status
        assert exposed(answer) >= PROMISED | documented


def test_a_page_of_another_origin_reads_that_it_must_come_again_later(
    make_client: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Load, "must_shed", lambda _: True)
    client = make_client(cors_origins=("https://jobs.example",))
    own = client.get("/api/v1/jobs", headers={"Origin": "https://jobs.example"})
    assert (own.status_code, own.headers["Vary"]) == (503, "Origin")
    assert own.headers["Access-Control-Allow-Origin"] == "https://jobs.example"
    assert "Retry-After" in exposed(own)
    other = client.get("/api/v1/jobs", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


@pytest.mark.parametrize("path", HOW_WE_FARE)
def test_nobody_keeps_how_the_machine_fares(client: FlaskClient, path: str) -> None:
    for headers in ({}, {"If-None-Match": "*"}):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    "origins", [("https://jobs.example",), ("https://a.example", "https://b.example")]
)
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/jobs",
        "/api/v1/job-categories",
        "/none",
        "/docs/assets/swagger-ui.css",
        "/api/v1/auth/me",
    ],
)
def test_a_cache_between_keeps_one_answer_for_each_origin(
    make_client: Making, origins: tuple[str, ...], path: str
) -> None:
    client = make_client(cors_origins=origins)
    for origin in ({}, {"Origin": origins[0]}, {"Origin": "https://evil.example"}):
        for _ in range(3):
            with client.get(path, headers=origin) as answer:
                assert [name for name in answer.vary if name.lower() == "origin"], origin
                tag = answer.headers.get("ETag", "")
        with client.get(path, headers=origin | {"If-None-Match": tag}) as again:
            assert "origin" in {name.lower() for name in again.vary}


def test_without_origins_no_answer_depends_on_them(client: FlaskClient) -> None:
    assert "origin" not in {name.lower() for name in client.get("/api/v1/jobs").vary}


FORWARDED = {
    "X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1;host=evil.example;proto=https",
    "X-Real-IP": "192.0.2.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil", "X-Client-IP": "192.0.2.1", "CF-Connecting-IP": "192.0.2.1",
}  # fmt: skip


def test_nobody_chooses_the_address_that_is_counted(client: FlaskClient) -> None:
    wrong = {"email": "a@mail.example", "password": "wrong"}
    statuses = [
        client.post(
            "/api/v1/auth/login", json=wrong | {"email": f"a{number}@mail.example"},
            headers={
                name: value.replace("2.1", f"2.{number}") for name, value in FORWARDED.items()
            },
        ).status_code
        for number in range(31)
    ]  # fmt: skip
    assert statuses == [401] * 30 + [429]


def test_behind_a_proxy_the_last_address_counts_that_it_has_written(make_client: Making) -> None:
    client = make_client(trusted_proxies=1)
    headers = make.headers_for(make.make_user())
    for said in ("6.6.6.6, 192.0.2.7", "192.0.2.7"):
        client.post(
            "/api/v1/auth/login", json={"email": "a@mail.example", "password": "x"},
            headers={"X-Forwarded-For": said},
        )  # fmt: skip
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 200
    counted = make.rows("SELECT subject, hits FROM rate_windows WHERE scope = 'login:address'")
    assert [tuple(row) for row in counted] == [("192.0.2.7", 2)]


def test_links_to_other_pages_name_no_host_of_the_request(client: FlaskClient) -> None:
    for _ in range(2):
        make.make_job(title="Night nurse")
    answer = client.get("/api/v1/jobs?page_size=1", headers=FORWARDED | {"Host": "evil.example"})
    assert "evil" not in answer.headers["Link"]


OVERRIDES = {
    "X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE", "X-Method-Override": "DELETE",
    "_method": "DELETE",
}  # fmt: skip


def test_no_header_makes_another_verb_of_a_request(client: FlaskClient) -> None:
    owner = make.make_user("employer")
    company = make.make_company(owner)
    draft = make.make_job(company, "draft")
    path = f"/api/v1/jobs/{draft.id}"
    headers = make.headers_for(owner) | OVERRIDES
    assert client.get(path, headers=headers).status_code == 200
    assert client.post(path, headers=headers).status_code == 405
    assert client.post(f"{path}?_method=DELETE", headers=headers).status_code == 405
    assert client.get(path, headers=headers).status_code == 200


def test_no_request_is_sent_back_by_trace(client: FlaskClient) -> None:
    for path in ("/", "/health", "/api/v1/jobs", "/docs"):
        answer = client.open(path, method="TRACE", headers={"Cookie": "mark"})
        assert answer.status_code in (404, 405)
        assert "mark" not in answer.text


@over([one for one in OPERATIONS if one.rule.startswith("/api/")])
def test_every_answer_says_how_it_may_be_used(client: FlaskClient, operation: Operation) -> None:
    path = operation.path(dict.fromkeys(operation.arguments, "1"))
    answer = client.open(path, method=operation.verb)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"]
    assert "Server" not in answer.headers or "gunicorn" not in answer.headers["Server"]
