"""What guesses at a password keep its owner from, and what not."""

import pytest
from flask.testing import FlaskClient

from src.models import User
from tests import factories as make
from tests.api.test_auth import NEW_PASSWORD, PASSWORD, login, mailed_code

CHANGE = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}


@pytest.fixture
def guessed(client: FlaskClient) -> User:
    """Somebody whose password strangers have guessed at, until nobody may any more."""
    user = make.make_user(email="known@mail.example", password=PASSWORD)
    for _ in range(10):
        assert login(client, user.email, "wrong").status_code == 401
    assert login(client, user.email).status_code == 429
    return user


def test_strangers_guesses_keep_nobody_from_changing_their_password(
    client: FlaskClient, guessed: User
) -> None:
    headers = make.headers_for(guessed)
    answer = client.post("/api/v1/auth/change-password", json=CHANGE, headers=headers)
    assert answer.status_code == 204


def test_strangers_guesses_keep_nobody_from_erasing_their_account(
    client: FlaskClient, guessed: User
) -> None:
    headers, body = make.headers_for(guessed), {"password": PASSWORD}
    assert client.delete("/api/v1/auth/me", json=body, headers=headers).status_code == 204
    assert make.rows("SELECT scope FROM rate_windows WHERE scope <> 'login:address'") == []


def test_a_password_set_by_a_mailed_code_signs_in_whatever_was_guessed_before(
    client: FlaskClient, guessed: User
) -> None:
    other = make.make_user(email="other@mail.example", password=PASSWORD)
    login(client, other.email, "wrong")
    reset = {"token": mailed_code(client, guessed.email), "password": NEW_PASSWORD}
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 204
    assert login(client, guessed.email, NEW_PASSWORD).status_code == 200
    # What is counted of others stays.
    counted = "SELECT hits FROM rate_windows WHERE scope = 'login:account' AND subject = :email"
    assert make.rows(counted, email=other.email) == [(1,)]


def test_a_code_that_is_wrong_or_brings_a_weak_password_opens_nothing(
    client: FlaskClient, guessed: User
) -> None:
    code = mailed_code(client, guessed.email)
    for token, password in (("x" * 43, NEW_PASSWORD), (code, "password1234")):
        reset = {"token": token, "password": password}
        assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 422
    assert login(client, guessed.email).status_code == 429


def test_ten_wrong_passwords_are_the_most_in_a_session_until_a_mailed_code_sets_another(
    client: FlaskClient,
) -> None:
    user = make.make_user(email="known@mail.example", password=PASSWORD)
    path, headers = "/api/v1/auth/change-password", make.headers_for(user)
    wrong = CHANGE | {"current_password": "wrong"}
    statuses = [client.post(path, json=wrong, headers=headers).status_code for _ in range(10)]
    assert statuses == [422] * 10
    erasing = {"json": {"password": PASSWORD}, "headers": headers}
    assert client.post(path, json=CHANGE, headers=headers).status_code == 429
    assert client.delete("/api/v1/auth/me", **erasing).status_code == 429
    # Nor does this keep anybody from signing in.
    assert login(client, user.email).status_code == 200
    reset = {"token": mailed_code(client, user.email), "password": NEW_PASSWORD}
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 204
    erasing = {"json": {"password": NEW_PASSWORD}, "headers": make.headers_for(user)}
    assert client.delete("/api/v1/auth/me", **erasing).status_code == 204


def test_what_is_counted_of_an_erased_person_goes_and_of_another_of_their_number_stays(
    client: FlaskClient,
) -> None:
    user = make.make_user(password=PASSWORD)
    headers = make.headers_for(user)
    insert = (
        "INSERT INTO rate_windows (scope, subject, hits, ends_at)"
        " VALUES (:scope, :subject, 1, now() + interval '1 hour') RETURNING 1"
    )
    for scope, subject in (
        ("confirm", user.id), ("reports", user.id), ("invitations", user.id),
        ("login:account", user.email), ("forgot-password", user.email),
        ("invitations:to", user.email), ("invitations:of:7", user.email),
        (f"invitations:by:{user.id}", "other@mail.example"),
        ("bulk", user.id), ("login:account", "other@mail.example"),
    ):  # fmt: skip
        make.rows(insert, scope=scope, subject=str(subject))
    body = {"password": PASSWORD}
    assert client.delete("/api/v1/auth/me", json=body, headers=headers).status_code == 204
    left = make.rows("SELECT scope, subject FROM rate_windows ORDER BY scope")
    assert left == [("bulk", str(user.id)), ("login:account", "other@mail.example")]
