"""API keys: shown once, within their scopes, revoked at once."""

from datetime import timedelta

import pytest

from src.database import db
from src.utils import clock
from tests import factories as make

KEYS = "/api/v1/auth/api-keys"


def test_a_new_key_is_shown_once_and_works(client):
    headers = make.headers_for(make.make_user("admin"))
    made = client.post(KEYS, json={"name": "Ops", "scopes": ["admin"]}, headers=headers)
    assert made.status_code == 201
    assert made.json["key"].startswith("tsk_")
    assert made.json["key"].startswith(made.json["prefix"])
    (listed,) = client.get(KEYS, headers=headers).json["items"]
    assert listed == {name: made.json[name] for name in listed}
    by_key = {"Authorization": f"Bearer {made.json['key']}"}
    assert client.get("/api/v1/admin/users", headers=by_key).status_code == 200


def test_a_revoked_key_is_refused_at_once_and_listed_no_more(client):
    headers = make.headers_for(make.make_user("admin"))
    made = client.post(KEYS, json={"name": "Ops", "scopes": ["admin"]}, headers=headers).json
    assert client.delete(f"{KEYS}/{made['id']}", headers=headers).status_code == 204
    by_key = {"Authorization": f"Bearer {made['key']}"}
    assert client.get("/api/v1/admin/users", headers=by_key).status_code == 401
    assert client.get(KEYS, headers=headers).json["items"] == []
    assert client.delete(f"{KEYS}/{made['id']}", headers=headers).status_code == 404


def test_an_expired_key_is_refused(client):
    past = clock.now() - timedelta(seconds=1)
    headers = make.key_headers(make.make_user("admin"), ["admin"], expires_at=past)
    assert client.get("/api/v1/admin/users", headers=headers).status_code == 401


def test_a_key_without_the_scope_is_forbidden(client):
    headers = make.key_headers(make.make_user("admin"), ["ops:read"])
    assert client.get("/api/v1/admin/users", headers=headers).status_code == 403


def test_a_key_cannot_make_keys_or_read_the_account(client):
    headers = make.key_headers(make.make_user("admin"), ["admin"])
    assert client.get(KEYS, headers=headers).status_code == 403
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("role", "scope"),
    [("candidate", "jobs:write"), ("employer", "admin"), ("employer", "ops:read")],
)
def test_a_scope_that_the_role_cannot_use_is_refused(client, role, scope):
    headers = make.headers_for(make.make_user(role))
    answer = client.post(KEYS, json={"name": "Key", "scopes": [scope]}, headers=headers)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["scopes"])


def test_a_key_of_somebody_else_is_not_there(client):
    theirs, mine = make.headers_for(make.make_user()), make.headers_for(make.make_user())
    made = client.post(KEYS, json={"name": "Key", "scopes": ["jobs:read"]}, headers=theirs).json
    assert client.delete(f"{KEYS}/{made['id']}", headers=mine).status_code == 404


@pytest.mark.parametrize(
    ("scopes", "is_shown"),
    [(["dashboard:read"], False), (["jobs:read"], True), (["jobs:write"], True)],
)
def test_a_key_is_shown_what_is_its_owners_only_with_the_scope(client, scopes, is_shown):
    """What a public route shows members beside strangers: drafts, hidden pay, figures."""
    owner = make.make_user("employer")
    company = make.make_company(owner)
    draft, public = make.make_job(company, "draft"), make.make_job(company)
    key = make.key_headers(owner, scopes)
    assert (client.get(f"/api/v1/jobs/{draft.id}", headers=key).status_code == 200) == is_shown
    seen = client.get(f"/api/v1/jobs/{public.id}", headers=key).json
    by_strangers = client.get(f"/api/v1/jobs/{public.id}").json
    assert (seen != by_strangers) == is_shown
    company.status = "suspended"
    db.session.commit()
    path = f"/api/v1/companies/{company.id}"
    assert (client.get(path, headers=key).status_code == 200) == is_shown
