"""What is lost between the look at it and the write is lost: passwords, sessions, accounts."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from src.database import db
from src.services import auth
from src.utils import passwords, tokens
from tests import factories as make
from tests.api.test_auth import NEW_PASSWORD, PASSWORD

CHANGED = "UPDATE users SET password_hash = 'another'"


def meanwhile(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, statement: str) -> None:
    """Somebody else's write, committed just before this step."""
    step: Callable[..., Any] = getattr(place, name)

    def late(*arguments: Any) -> Any:
        db.session.execute(text(statement))
        db.session.commit()
        return step(*arguments)

    monkeypatch.setattr(place, name, late)


def test_a_password_that_is_changed_meanwhile_signs_nobody_in(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make.make_user(password=PASSWORD)
    meanwhile(monkeypatch, passwords, "is_outdated", CHANGED)
    login = {"email": user.email, "password": PASSWORD}
    assert client.post("/api/v1/auth/login", json=login).status_code == 401
    assert make.rows("SELECT 1 FROM sessions") == []


def test_a_password_that_is_reset_meanwhile_is_not_changed_back(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make.make_user(password=PASSWORD)
    meanwhile(monkeypatch, auth, "check_strength", CHANGED)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    headers = make.headers_for(user)
    answer = client.post("/api/v1/auth/change-password", json=change, headers=headers)
    assert answer.status_code == 401
    assert make.rows("SELECT password_hash FROM users")[0].password_hash == "another"


def test_a_session_that_is_ended_meanwhile_makes_no_key(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = make.headers_for(make.make_user())
    meanwhile(monkeypatch, tokens, "api_key", "DELETE FROM sessions")
    asked = {"name": "Mine", "scopes": ["jobs:read"]}
    assert client.post("/api/v1/auth/api-keys", json=asked, headers=headers).status_code == 401
    assert make.rows("SELECT 1 FROM api_keys") == []


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("post", "/jobs/{}/applications", {"cover_letter": "Hello"}),
        ("put", "/jobs/{}/bookmark", None),
        ("post", "/me/saved-searches", {"name": "Mine", "query": {"q": "nurse"}}),
    ],
)
def test_an_account_that_is_erased_meanwhile_keeps_nothing_more(
    client: FlaskClient, verb: str, path: str, body: Any
) -> None:
    job, user = make.make_job(), make.make_user()
    headers = make.headers_for(user)
    # As whoever was let in before finds it, once the erasure lets go of the row.
    user.erased_at = user.created_at
    db.session.commit()
    call = getattr(client, verb)
    answer = call(f"/api/v1{path.format(job.id)}", json=body, headers=headers)
    assert answer.status_code == 401
    for table in ("applications", "bookmarks", "saved_searches"):
        assert make.rows(f"SELECT 1 FROM {table}") == []
