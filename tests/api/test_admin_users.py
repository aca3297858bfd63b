"""Accounts as the operators manage them."""

import pytest
from flask import Flask

from src.database import db
from tests import factories as make
from tests.rival import asked_behind

USERS = "/api/v1/admin/users"
PASSWORD = "plum-Orchard-71"
ACTIVE_ADMINS = "SELECT id FROM users WHERE role = 'admin' AND is_active ORDER BY id"


@pytest.fixture
def admin(app):
    return make.make_user("admin")


@pytest.mark.parametrize("role", ["candidate", "employer"])
def test_only_admins_see_accounts(client, role):
    assert client.get(USERS, headers=make.headers_for(make.make_user(role))).status_code == 403


def test_accounts_are_found_by_name_role_and_activity(client, admin):
    sought = make.make_user("employer", first_name="Grace", last_name="Hopper", is_active=False)
    make.make_user("employer", first_name="Grace", last_name="Kelly")
    filters = {"q": "grace hop", "role": "employer", "is_active": "false"}
    answer = client.get(USERS, query_string=filters, headers=make.headers_for(admin))
    assert [item["id"] for item in answer.json["items"]] == [sought.id]
    assert "password_hash" not in answer.json["items"][0]


def test_a_percent_sign_is_no_wildcard(client, admin):
    answer = client.get(USERS, query_string={"q": "%"}, headers=make.headers_for(admin))
    assert answer.json["total"] == 0


def test_who_is_deactivated_is_signed_out_at_once(client, admin):
    user = make.make_user()
    theirs, mine = make.headers_for(user), make.headers_for(admin)
    answer = client.patch(f"{USERS}/{user.id}", json={"is_active": False}, headers=mine)
    assert (answer.status_code, answer.json["is_active"]) == (200, False)
    assert client.get("/api/v1/auth/me", headers=theirs).status_code == 401


def test_the_keys_of_who_is_deactivated_come_back_with_no_reactivation(client, admin):
    user, mine = make.make_user(), make.headers_for(admin)
    key = make.key_headers(user, ["applications:read"])
    assert client.get("/api/v1/me/applications", headers=key).status_code == 200
    for is_active in (False, True):
        change = {"is_active": is_active}
        answer = client.patch(f"{USERS}/{user.id}", json=change, headers=mine)
        assert answer.json["is_active"] is is_active
    assert client.get("/api/v1/me/applications", headers=key).status_code == 401


def test_a_role_taken_away_is_gone_on_the_next_request(client, admin):
    other = make.make_user("admin")
    theirs, mine = make.headers_for(other), make.headers_for(admin)
    assert client.get(USERS, headers=theirs).status_code == 200
    client.patch(f"{USERS}/{other.id}", json={"role": "candidate"}, headers=mine)
    assert client.get(USERS, headers=theirs).status_code == 401
    assert client.get(USERS, headers=make.headers_for(other)).status_code == 403


@pytest.mark.parametrize("change", [{"role": "employer"}, {"is_active": False}])
def test_an_admin_does_not_lock_themselves_out(client, admin, change):
    answer = client.patch(f"{USERS}/{admin.id}", json=change, headers=make.headers_for(admin))
    assert answer.status_code == 409


def test_an_edit_of_an_older_version_fails(client, admin):
    user, headers = make.make_user(), make.headers_for(admin)
    stale = headers | {
        "If-Match": client.get(f"{USERS}/{user.id}", headers=headers).headers["ETag"]
    }
    client.patch(f"{USERS}/{user.id}", json={"role": "employer"}, headers=headers)
    answer = client.patch(f"{USERS}/{user.id}", json={"role": "admin"}, headers=stale)
    assert answer.status_code == 412


def test_an_account_that_is_not_there_is_404(client, admin):
    headers = make.headers_for(admin)
    assert client.get(f"{USERS}/987654321", headers=headers).status_code == 404
    assert client.patch(f"{USERS}/{2**63}", json={}, headers=headers).status_code == 404


def test_the_total_counts_every_account(client, admin):
    make.make_user()
    answer = client.get(USERS, headers=make.headers_for(admin))
    assert answer.json["total"] == make.rows("SELECT count(*) FROM users")[0][0] > 1


@pytest.mark.parametrize("lost", [{"role": "candidate"}, {"is_active": False}])
def test_of_two_admins_who_act_on_each_other_at_once_one_stays(committed: Flask, lost) -> None:
    admins = [make.make_user("admin"), make.make_user("admin")]
    paths = [f"{USERS}/{admin.id}" for admin in reversed(admins)]
    headers = [make.headers_for(admin) for admin in admins]
    db.session.commit()
    patch = committed.test_client().patch
    answers = asked_behind(
        committed,
        [f"{ACTIVE_ADMINS} FOR UPDATE"],
        lambda: patch(paths[0], json=lost, headers=headers[0]),
        lambda: patch(paths[1], json=lost, headers=headers[1]),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    assert len(make.rows(ACTIVE_ADMINS)) == 1


def test_an_admin_who_is_being_demoted_makes_no_other_admins(committed: Flask) -> None:
    make.make_user("admin")
    demoted, friend = make.make_user("admin"), make.make_user()
    path, headers = f"{USERS}/{friend.id}", make.headers_for(demoted)
    demote = f"UPDATE users SET role = 'candidate' WHERE id = {demoted.id}"
    db.session.commit()
    patch = committed.test_client().patch
    [answer] = asked_behind(
        committed, [demote], lambda: patch(path, json={"role": "admin"}, headers=headers)
    )
    assert answer.status_code == 401
    assert len(make.rows(ACTIVE_ADMINS)) == 1


def test_the_last_admin_is_not_erased_and_one_of_two_is(client):
    admin = make.make_user("admin", password=PASSWORD)
    make.make_user("admin", is_active=False)
    ask = {"json": {"password": PASSWORD}, "headers": make.headers_for(admin)}
    answer = client.delete("/api/v1/auth/me", **ask)
    assert (answer.status_code, answer.json["url"]) == (409, USERS)
    make.make_user("admin")
    assert client.delete("/api/v1/auth/me", **ask).status_code == 204


def test_an_admin_who_demotes_the_other_is_not_erased_at_once(committed: Flask) -> None:
    admin, other = make.make_user("admin", password=PASSWORD), make.make_user("admin")
    path, headers = f"{USERS}/{other.id}", make.headers_for(admin)
    db.session.commit()
    client, erase = committed.test_client(), {"password": PASSWORD}
    answers = asked_behind(
        committed,
        [f"{ACTIVE_ADMINS} FOR UPDATE"],
        lambda: client.patch(path, json={"role": "employer"}, headers=headers),
        lambda: client.delete("/api/v1/auth/me", json=erase, headers=headers),
    )
    assert [answer.status_code for answer in answers] == [200, 409]
    assert make.rows(ACTIVE_ADMINS) == [(admin.id,)]
