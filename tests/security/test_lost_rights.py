"""Who has lost a right, or an account, keeps nothing of it: no key, no session, no kept answer."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import Membership
from tests import factories as make
from tests.api.test_auth import NEW_PASSWORD, PASSWORD, mailed_code
from tests.background import queued

SCOPES = ["jobs:read", "applications:read"]


def status(client: FlaskClient, headers: dict[str, str]) -> int:
    return client.get("/api/v1/me/applications", headers=headers).status_code


def test_a_password_set_by_a_mailed_code_revokes_the_keys_made_before(client: FlaskClient) -> None:
    user, other = make.make_user(), make.make_user()
    key, others = make.key_headers(user, SCOPES), make.key_headers(other, SCOPES)
    assert status(client, key) == 200
    reset = {"token": mailed_code(client, user.email), "password": NEW_PASSWORD}
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 204
    assert (status(client, key), status(client, others)) == (401, 200)


def test_a_changed_password_revokes_the_keys_and_says_so(client: FlaskClient) -> None:
    user = make.make_user(password=PASSWORD)
    key = make.key_headers(user, SCOPES)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    path, headers = "/api/v1/auth/change-password", make.headers_for(user)
    assert client.post(path, json=change, headers=headers).status_code == 204
    assert status(client, key) == 401
    assert "API keys were revoked" in queued("mail.send")[-1]["text"]


def test_another_role_ends_the_sessions_and_keys_of_the_one_before(client: FlaskClient) -> None:
    user, admin = make.make_user(), make.headers_for(make.make_user("admin"))
    session, key = make.headers_for(user), make.key_headers(user, SCOPES)
    path = f"/api/v1/admin/users/{user.id}"
    assert client.patch(path, json={"role": "candidate"}, headers=admin).status_code == 200
    assert (status(client, session), status(client, key)) == (200, 200)
    assert client.patch(path, json={"role": "admin"}, headers=admin).status_code == 200
    assert (status(client, session), status(client, key)) == (401, 401)


@pytest.fixture
def replayed(client: FlaskClient) -> Any:
    """A recruiter's request that shows a candidate, done once, and how to send it again."""
    company = make.make_company(make.make_user("employer"))
    recruiter = make.make_member(company)
    application = make.make_application(make.make_job(company))
    headers = make.headers_for(recruiter) | {"Idempotency-Key": "k"}

    def again() -> Any:
        path = f"/api/v1/applications/{application.id}/notes"
        return client.post(path, json={"body": "Call her"}, headers=headers)

    assert again().status_code == 201
    return company, recruiter, again


def test_a_kept_answer_is_given_to_who_has_gained_a_right(replayed: Any) -> None:
    company, recruiter, again = replayed
    make.make_member(make.make_company(), recruiter, "owner")
    membership = db.session.get(Membership, (company.id, recruiter.id))
    membership.role = "owner"
    assert again().headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("change", ["removed", "viewer", "closed"])
def test_a_kept_answer_is_not_given_to_who_has_lost_a_right(replayed: Any, change: str) -> None:
    company, recruiter, again = replayed
    membership = db.session.get(Membership, (company.id, recruiter.id))
    if change == "removed":
        db.session.delete(membership)
    elif change == "viewer":
        membership.role = "viewer"
    else:
        company.status = "deleted"
    assert again().status_code == 404


def test_nobody_writes_any_more_about_who_erased_their_account(client: FlaskClient) -> None:
    company = make.make_company(make.make_user("employer"))
    recruiter = make.headers_for(make.make_member(company))
    candidate = make.make_user(password=PASSWORD)
    application = make.make_application(make.make_job(company), candidate, status="rejected")
    path, erased = f"/api/v1/applications/{application.id}", {"password": PASSWORD}
    own = make.headers_for(candidate)
    assert client.delete("/api/v1/auth/me", json=erased, headers=own).status_code == 204
    asked = [
        client.post(f"{path}/notes", json={"body": "Ada Berg, 0171"}, headers=recruiter),
        client.patch(path, json={"rating": 1}, headers=recruiter),
        client.post(f"{path}/transitions", json={"to": "under_review"}, headers=recruiter),
    ]
    assert [answer.status_code for answer in asked] == [409, 409, 409]
