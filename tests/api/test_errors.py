import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from src.routes import errors as error_routes
from tests.factories import headers_for, make_job, make_user

NAMES = {"type", "title", "status", "detail", "code", "instance", "request_id"}
LOGIN = "/api/v1/auth/login"


def test_an_unknown_path_is_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nowhere", headers={"X-Request-ID": "mine-1"})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert set(answer.get_json()) == NAMES
    assert answer.get_json()["request_id"] == answer.headers["X-Request-ID"] == "mine-1"


@pytest.mark.parametrize("given", ["", "a" * 65, "two words", "naïve", "x\t"])
def test_a_request_id_that_could_do_harm_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/health", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 32


@pytest.mark.parametrize(
    "path", ["//health", "/api/v1/jobs/%00", "/api/v1/jobs/99999999999999999999"]
)
def test_what_no_row_can_be_named_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_wrong_verb_is_told_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/health")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        (b"{", {"Content-Type": "application/json"}, 400),
        (b"[]", {"Content-Type": "application/json"}, 400),
        (b'{"email": NaN}', {"Content-Type": "application/json"}, 400),
        (b'{"email": "\\ud800"}', {"Content-Type": "application/json"}, 400),
        (b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", {"Content-Type": "application/json"}, 400),
        (b'{"a": "' + b"x" * 300_000 + b'"}', {"Content-Type": "application/json"}, 413),
        (b'{"nickname": 1}', {"Content-Type": "application/json"}, 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    client: FlaskClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = client.post(LOGIN, data=body, headers=headers)
    assert answer.status_code == status
    assert set(answer.get_json()) >= NAMES


def test_no_more_than_twenty_fields_are_complained_of(client: FlaskClient) -> None:
    answer = client.post(LOGIN, json={f"field{number}": 1 for number in range(100)})
    assert len(answer.get_json()["errors"]) == 20


def test_a_parameter_that_nobody_knows_is_named(client: FlaskClient) -> None:
    answer = client.get("/api/v1/jobs?colour=red&utm_source=x&gclid=y")
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"colour"}


def test_a_parameter_given_twice_is_named(client: FlaskClient) -> None:
    assert "page" in client.get("/api/v1/jobs?page=1&page=2").get_json()["errors"]


@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
def test_a_field_is_refused_where_no_body_is_taken(client: FlaskClient, verb: str) -> None:
    path, caller = f"/api/v1/jobs/{make_job().id}/bookmark", headers_for(make_user())
    answer = client.open(path, method=verb, json={"colour": "red"}, headers=caller)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["colour"])
    # Nobody reads how long it is going to be.
    chunks = caller | {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    assert client.open(path, method=verb, headers=chunks).status_code == 411
    assert client.open(path, method=verb, json={}, headers=caller).status_code == 204


def test_the_head_of_a_failure_says_how_long_it_is(client: FlaskClient) -> None:
    path, named = "/api/v1/jobs/999999999", {"X-Request-ID": "same"}
    asked, head = client.get(path, headers=named), client.head(path, headers=named)
    assert (head.data, head.status_code) == (b"", 404)
    assert head.headers["Content-Length"] == asked.headers["Content-Length"]


def test_a_constraint_speaks_in_the_domains_words(app: Flask, client: FlaskClient) -> None:
    body = {
        "email": make_user().email, "password": "long enough for anybody", "role": "candidate",
        "first_name": "Ada", "last_name": "Lovelace",
    }  # fmt: skip
    answer = client.post("/api/v1/auth/register", json=body)
    assert answer.status_code == 409
    assert answer.get_json()["field"] == "email"
    assert "uq_" not in answer.text


class Refusal(Exception):
    """What the driver raises, with the server's code."""

    def __init__(self, code: str) -> None:
        super().__init__("SELECT secret FROM hidden")
        self.pgcode = code


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("57014", 503), ("55P03", 503), ("53300", 503), ("57P01", 503), ("08006", 503),
        ("40001", 503), ("40P01", 503), ("22003", 422), ("23514", 422), ("42P01", 500),
    ],
)  # fmt: skip
def test_failures_of_the_database_are_told_by_their_code(
    app: Flask, code: str, status: int
) -> None:
    with app.test_request_context("/"):
        answer = error_routes.from_database(DBAPIError("SELECT", {}, Refusal(code)))
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert b"secret" not in answer.data
