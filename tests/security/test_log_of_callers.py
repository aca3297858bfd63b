"""The log tells who asked, by number, and from where somebody tried to be somebody."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import unit_of_work
from src.services import one_time
from src.utils import logs
from tests import factories as make

PASSWORD = "four grey herons 1906"
ADDRESS = "192.0.2.7"
Told = Callable[[], dict[str, Any]]


@pytest.fixture
def told(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> Iterator[Told]:
    """The line of the only request since it was last asked for."""
    logs.configure("INFO")

    def line() -> dict[str, Any]:
        (found,) = [json.loads(each) for each in capfd.readouterr().err.splitlines()]
        assert found["event"] == "request"
        return dict(found)

    yield line
    logs.configure("ERROR")


def ask(client: FlaskClient, verb: str, path: str, **values: Any) -> int:
    environ = {"REMOTE_ADDR": ADDRESS}
    answer = client.open(f"/api/v1{path}", method=verb, environ_base=environ, **values)
    return answer.status_code


def test_a_change_is_told_with_its_user_and_session(client: FlaskClient, told: Told) -> None:
    user = make.make_user()
    headers = make.headers_for(user)
    assert ask(client, "PATCH", "/auth/me", json={"first_name": "Grace"}, headers=headers) == 200
    line = told()
    assert line["user"] == user.id
    assert isinstance(line["session"], int)
    assert "address" not in line


def test_a_change_by_a_key_is_told_with_its_user_and_no_session(
    client: FlaskClient, told: Told
) -> None:
    owner = make.make_user("employer")
    job = make.make_job(make.make_company(owner))
    headers = make.key_headers(owner, ["jobs:write"])
    path = f"/jobs/{job.id}"
    assert ask(client, "PATCH", path, json={"title": "Night nurse"}, headers=headers) == 200
    line = told()
    assert (line["user"], line["session"]) == (owner.id, None)


def test_who_is_refused_is_told(client: FlaskClient, told: Told) -> None:
    stranger, job = make.make_user("employer"), make.make_job(make.make_company(), "draft")
    assert ask(client, "GET", f"/jobs/{job.id}", headers=make.headers_for(stranger)) == 404
    assert told()["user"] == stranger.id


@pytest.mark.parametrize("is_known", [True, False])
def test_a_failed_sign_in_is_told_with_where_it_came_from_and_the_account_that_was_meant(
    client: FlaskClient, told: Told, *, is_known: bool
) -> None:
    user = make.make_user(password=PASSWORD)
    email = user.email if is_known else "nobody@example.org"
    assert ask(client, "POST", "/auth/login", json={"email": email, "password": "wrong"}) == 401
    line = told()
    assert (line["address"], line.get("account")) == (ADDRESS, user.id if is_known else None)
    assert "user" not in line
    assert email not in str(line)


def test_a_sign_in_is_told_with_where_it_came_from_and_its_account(
    client: FlaskClient, told: Told
) -> None:
    user = make.make_user(password=PASSWORD)
    values = {"email": user.email, "password": PASSWORD}
    assert ask(client, "POST", "/auth/login", json=values) == 200
    line = told()
    assert (line["address"], line["account"], line["status"]) == (ADDRESS, user.id, 200)


def test_a_password_set_by_a_link_is_told_with_its_account(client: FlaskClient, told: Told) -> None:
    user = make.make_user(password=PASSWORD)
    with unit_of_work() as work:
        token = one_time.issue(work, user.id, "reset_password")
    values = {"token": token, "password": "five grey herons 1906"}
    assert ask(client, "POST", "/auth/reset-password", json=values) == 204
    assert told()["account"] == user.id


@pytest.mark.parametrize("token", ["short", "x" * 43])
def test_a_token_that_is_none_is_told_with_where_it_came_from(
    client: FlaskClient, told: Told, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert ask(client, "GET", "/auth/me", headers=headers) == 401
    line = told()
    assert line["address"] == ADDRESS
    assert "user" not in line


def test_where_somebody_reads_from_is_not_told(client: FlaskClient, told: Told) -> None:
    assert ask(client, "GET", "/jobs/123456789") == 404
    assert not {"address", "user", "account"} & told().keys()
