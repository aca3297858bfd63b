"""Guessing: who is known, which password, which token."""

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import argon2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from src.database import db
from src.utils import clock, passwords
from tests import factories as make
from tests.conftest import undoing
from tests.contract.operations import PROTECTED, Operation, over, told
from tests.contract.world import World, build

PASSWORD = "plum-Orchard-71"
# These are new in every answer.
_OF_THE_REQUEST = ("X-Request-ID", "Server-Timing")


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a password was hashed or checked."""
    counted: Counter[str] = Counter()

    class Counting(argon2.PasswordHasher):
        def verify(self, *given: Any) -> Any:
            counted["verify"] += 1
            return super().verify(*given)

        def hash(self, *given: Any, **named: Any) -> str:
            counted["hash"] += 1
            return super().hash(*given, **named)

    monkeypatch.setattr(passwords, "_HASHER", Counting(1, 46 * 1024, 1))
    return counted


@pytest.fixture(scope="module")
def world(world_app: Flask) -> World:
    """Two companies and everybody who may call."""
    return build()


@pytest.fixture
def client(world: World, world_app: Flask) -> Iterator[FlaskClient]:
    """A caller, whose doings and the test's are undone."""
    with undoing():
        yield world_app.test_client()


def said(answer: TestResponse) -> tuple[Any, ...]:
    """All that a caller can tell two answers apart by, but for the time."""
    headers = {name: value for name, value in answer.headers.items() if name not in _OF_THE_REQUEST}
    statements = answer.headers["Server-Timing"].split("desc=")[1]
    body = answer.get_json() if answer.status_code < 400 else told(answer)
    return answer.status_code, body, headers, statements


def test_a_wrong_password_says_and_costs_the_same_whoever_is_known(
    client: FlaskClient, hashes: Counter[str]
) -> None:
    make.make_user(email="known@mail.example", password=PASSWORD)
    make.make_user(email="gone@mail.example", password=PASSWORD, is_active=False)
    make.make_user(email="none@mail.example")
    answers, costs = [], []
    for name in ("known", "gone", "none", "never"):
        hashes.clear()
        wrong = {"email": f"{name}@mail.example", "password": "wrong-Orchard-71"}
        answers.append(said(client.post("/api/v1/auth/login", json=wrong)))
        costs.append(hashes.copy())
    assert answers[1:] == answers[:-1]
    assert costs == [Counter(verify=1)] * 4


def test_a_forgotten_password_says_and_costs_the_same_whoever_is_known(
    client: FlaskClient, hashes: Counter[str]
) -> None:
    make.make_user(email="known@mail.example", password=PASSWORD)
    answers = [
        said(client.post("/api/v1/auth/forgot-password", json={"email": f"{name}@mail.example"}))
        for name in ("known", "never")
    ]
    assert answers[0] == answers[1]
    assert hashes == Counter()


def test_a_locked_account_says_the_same_whoever_is_known(client: FlaskClient) -> None:
    make.make_user(email="known@mail.example", password=PASSWORD)
    answers = []
    for name in ("known", "never"):
        wrong = {"email": f"{name}@mail.example", "password": "wrong-Orchard-71"}
        for _ in range(10):
            client.post("/api/v1/auth/login", json=wrong)
        answers.append(client.post("/api/v1/auth/login", json=wrong))
    assert [answer.status_code for answer in answers] == [429, 429]
    assert told(answers[0]) == told(answers[1])


def variants(token: str) -> dict[str, str]:
    """Tokens that are not the one that was given."""
    return {
        "truncated": token[:-1], "doubled": token * 2, "lengthened": f"{token}A",
        "swapped case": token.swapcase(), "reversed": token[::-1], "empty": "",
        "with a space": f"{token} x", "a list": f"{token},{token}", "padded": f"{token}=",
        "of another alphabet": token[:-1] + "é", "unknown": secrets.token_urlsafe(32),
        "its hash": "a" * 64, "a wildcard": "%" * 43, "like the prefix": "tsk_",
        "a key's prefix before it": f"tsk_{token}",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["session", "key"])
def test_only_the_very_token_signs_in(client: FlaskClient, kind: str) -> None:
    user = make.make_user()
    headers = make.headers_for(user)
    if kind == "key":
        headers = make.key_headers(user, ["applications:read"])
    token = headers["Authorization"].removeprefix("Bearer ")
    path = "/api/v1/me/applications"
    assert client.get(path, headers=headers).status_code == 200
    for name, wrong in variants(token).items():
        answer = client.get(path, headers={"Authorization": f"Bearer {wrong}"})
        assert answer.status_code == 401, name
        assert token not in answer.text, name


@pytest.mark.parametrize(
    "scheme", ["Basic {}", "bearer", "Token {}", "{}", "Bearer: {}", "Bearer\t{}", "BearerX {}"]
)
def test_no_other_scheme_carries_a_token(client: FlaskClient, scheme: str) -> None:
    headers = make.headers_for(make.make_user())
    token = headers["Authorization"].removeprefix("Bearer ")
    answer = client.get("/api/v1/auth/me", headers={"Authorization": scheme.format(token)})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_token_in_the_query_or_a_cookie_counts(client: FlaskClient) -> None:
    headers = make.headers_for(make.make_user())
    token = headers["Authorization"].removeprefix("Bearer ")
    for name in ("access_token", "token", "session"):
        client.set_cookie(name, token)
        answer = client.get(f"/api/v1/auth/me?{name}={token}")
        assert answer.status_code == 401, name


ENDINGS = {
    "the session expires": "UPDATE sessions SET expires_at = now() - interval '1 second'",
    "the session is ended": "DELETE FROM sessions",
    "the account is shut": "UPDATE users SET is_active = false",
}


@pytest.mark.parametrize("how", ENDINGS)
@over([one for one in PROTECTED if one.takes("employer")])
def test_nothing_is_open_on_the_next_request_when_the_session_is_over(
    client: FlaskClient, world: World, operation: Operation, how: str
) -> None:
    make.rows(f"{ENDINGS[how]} RETURNING 1")
    body = operation.body(company_id=world.ids["company_id"])
    answer = operation.call(client, world.headers["owner"], world.ids, body)
    assert answer.status_code == 401


@over([one for one in PROTECTED if one.takes("employer") and "company_id" in one.arguments])
def test_who_was_a_member_is_a_stranger_on_the_next_request(
    client: FlaskClient, world: World, operation: Operation
) -> None:
    make.rows("DELETE FROM memberships RETURNING 1")
    answer = operation.call(client, world.headers["owner"], world.ids, operation.body())
    assert answer.status_code == 404


def test_a_key_ends_with_its_owners_part_in_it(client: FlaskClient) -> None:
    owner = make.make_user("employer")
    make.make_company(owner)
    headers = make.key_headers(owner, ["jobs:read"], expires_at=clock.now() + timedelta(hours=1))
    assert client.get("/api/v1/employer/jobs", headers=headers).status_code == 200
    owner.is_active = False
    db.session.flush()
    assert client.get("/api/v1/employer/jobs", headers=headers).status_code == 401
