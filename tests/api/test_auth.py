"""Registering, signing in, passwords, and the end of an account."""

import dataclasses
import re

import argon2
import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import Application, Bookmark, Session, User
from src.utils import clock
from tests import factories as make
from tests.background import queued, run_queued

PASSWORD = "plum-Orchard-71"
NEW_PASSWORD = "quince-Meadow-98"
PERSON = {
    "email": "Ada@Example.com",
    "password": PASSWORD,
    "role": "candidate",
    "first_name": "Ada",
    "last_name": "Lovelace",
}


def register(client: FlaskClient, **changes: str):
    return client.post("/api/v1/auth/register", json=PERSON | changes)


def login(client: FlaskClient, email: str, password: str = PASSWORD):
    return client.post("/api/v1/auth/login", json={"email": email, "password": password})


def test_who_registers_is_signed_in_and_verified_at_once_when_embedded(client):
    answer = register(client)
    assert answer.status_code == 201
    assert set(answer.json) == {"user", "access_token", "token_type", "expires_at"}
    assert answer.json["user"]["email"] == "ada@example.com"
    assert answer.json["user"]["email_verified"] is True
    headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert client.get("/api/v1/auth/me", headers=headers).json["companies"] == []


@pytest.fixture
def own_server(app, monkeypatch):
    """The application as it is with a database of one's own: addresses are to be confirmed."""
    config = dataclasses.replace(app.config["TALENTSPHERE"], embedded=False)
    monkeypatch.setitem(app.config, "TALENTSPHERE", config)


def test_elsewhere_an_address_is_confirmed_by_a_mailed_code_once(client, own_server):
    assert register(client).json["user"]["email_verified"] is False
    (letter,) = queued("mail.send")
    token = {"token": re.search(r"^[\w-]{43}$", letter["text"], re.MULTILINE)[0]}
    assert client.post("/api/v1/auth/verify-email", json=token).status_code == 204
    assert client.post("/api/v1/auth/verify-email", json=token).status_code == 422
    assert login(client, "ada@example.com").json["user"]["email_verified"] is True


def test_a_code_to_confirm_an_address_resets_no_password(client, own_server):
    register(client)
    token = re.search(r"^[\w-]{43}$", queued("mail.send")[0]["text"], re.MULTILINE)[0]
    reset = {"token": token, "password": NEW_PASSWORD}
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 422


def test_a_known_address_is_a_conflict_on_email(client):
    make.make_user(email="ada@example.com")
    answer = register(client)
    assert (answer.status_code, answer.json["field"]) == (409, "email")


@pytest.mark.parametrize(
    "password", ["short", "password1234", "aaaaaaaaaaaa", "abcabcabcabc", "qwertyuiopas"]
)
def test_a_password_that_is_easily_guessed_is_refused(client, password):
    answer = register(client, password=password)
    assert answer.status_code == 422
    assert "password" in answer.json["errors"]


def test_nobody_registers_as_admin(client):
    assert register(client, role="admin").status_code == 422


def test_the_sixth_registration_of_an_hour_is_refused_with_the_time_to_wait(client):
    for number in range(5):
        assert register(client, email=f"a{number}@example.com").status_code == 201
    answer = register(client)
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["Retry-After"]) <= 3601


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(client):
    make.make_user(email="known@example.com", password=PASSWORD)
    wrong, unknown = login(client, "known@example.com", "wrong"), login(client, "no@example.com")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json["detail"] == unknown.json["detail"]


def test_ten_wrong_passwords_lock_an_account_even_for_the_right_one(client):
    make.make_user(email="known@example.com", password=PASSWORD)
    statuses = [login(client, "known@example.com", "wrong").status_code for _ in range(10)]
    assert statuses == [401] * 10
    assert login(client, "known@example.com").status_code == 429


def test_a_good_sign_in_does_not_count(client):
    make.make_user(email="known@example.com", password=PASSWORD)
    assert {login(client, "known@example.com").status_code for _ in range(11)} == {200}


def test_a_hash_of_other_costs_is_made_anew_at_a_sign_in(client):
    dearer = argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    user = make.make_user(email="known@example.com", password_hash=dearer)
    for _ in range(2):
        assert login(client, "known@example.com").status_code == 200
        db.session.refresh(user)
        assert not make.HASHER.check_needs_rehash(user.password_hash)


def test_thirty_failed_attempts_of_an_address_are_the_most(client):
    statuses = [login(client, f"a{number}@example.com").status_code for number in range(31)]
    assert statuses == [401] * 30 + [429]


def test_an_office_of_forty_signs_in_from_one_address(client):
    emails = [f"a{number}@example.com" for number in range(40)]
    for email in emails:
        make.make_user(email=email, password=PASSWORD)
    assert {login(client, email).status_code for email in emails} == {200}


def test_an_inactive_account_cannot_sign_in(client):
    make.make_user(email="gone@example.com", password=PASSWORD, is_active=False)
    assert login(client, "gone@example.com").status_code == 401


def test_employers_are_signed_in_for_twelve_hours_and_candidates_for_thirty_days(client):
    for role, hours in (("employer", 12), ("candidate", 720)):
        make.make_user(role, email=f"{role}@example.com", password=PASSWORD)
        expires_at = login(client, f"{role}@example.com").json["expires_at"]
        ahead = clock.datetime.fromisoformat(expires_at) - clock.now()
        assert 0 <= hours * 3600 - ahead.total_seconds() < 60


def test_me_names_the_companies_one_acts_for(client):
    owner = make.make_user("employer")
    company = make.make_company(owner)
    answer = client.get("/api/v1/auth/me", headers=make.headers_for(owner))
    shown = {"id": company.id, "name": company.name, "slug": company.slug, "role": "owner"}
    assert answer.json["companies"] == [shown]


def test_of_two_edits_of_the_same_version_the_second_fails(client):
    headers = make.headers_for(make.make_user())
    seen = headers | {"If-Match": client.get("/api/v1/auth/me", headers=headers).headers["ETag"]}
    first = client.patch("/api/v1/auth/me", json={"first_name": "Eve"}, headers=seen)
    second = client.patch("/api/v1/auth/me", json={"first_name": "Ivy"}, headers=seen)
    assert (first.status_code, first.json["first_name"]) == (200, "Eve")
    assert second.status_code == 412


def test_a_changed_password_ends_the_other_sessions_only(client):
    user = make.make_user(password=PASSWORD)
    here, elsewhere = make.headers_for(user), make.headers_for(user)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client.post("/api/v1/auth/change-password", json=change, headers=here).status_code == 204
    assert client.get("/api/v1/auth/me", headers=here).status_code == 200
    assert client.get("/api/v1/auth/me", headers=elsewhere).status_code == 401
    assert login(client, user.email, NEW_PASSWORD).status_code == 200


def test_a_password_is_not_changed_without_the_present_one(client):
    headers = make.headers_for(make.make_user(password=PASSWORD))
    change = {"current_password": "wrong", "new_password": NEW_PASSWORD}
    answer = client.post("/api/v1/auth/change-password", json=change, headers=headers)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["current_password"])


def test_a_forgotten_password_is_answered_alike_for_known_and_unknown_addresses(client):
    make.make_user(email="known@example.com")
    answers = [
        client.post("/api/v1/auth/forgot-password", json={"email": email})
        for email in ("known@example.com", "unknown@example.com")
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].data == answers[1].data
    run_queued("account.send_reset")
    assert [mail["to"] for mail in queued("mail.send")] == ["known@example.com"]


def test_the_fourth_forgotten_password_of_an_hour_is_refused(client):
    ask = {"email": "some@example.com"}
    statuses = [client.post("/api/v1/auth/forgot-password", json=ask).status_code for _ in range(4)]
    assert statuses == [202, 202, 202, 429]


def mailed_code(client: FlaskClient, email: str) -> str:
    client.post("/api/v1/auth/forgot-password", json={"email": email})
    run_queued("account.send_reset")
    return re.search(r"^[\w-]{43}$", queued("mail.send")[-1]["text"], re.MULTILINE)[0]


def test_a_mailed_code_sets_the_password_once_and_ends_all_sessions(client):
    user = make.make_user(email_verified_at=None)
    headers = make.headers_for(user)
    reset = {"token": mailed_code(client, user.email), "password": NEW_PASSWORD}
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 204
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 422
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 401
    assert login(client, user.email, NEW_PASSWORD).json["user"]["email_verified"] is True


def test_a_newer_code_replaces_the_older_one(client):
    user = make.make_user()
    older = mailed_code(client, user.email)
    mailed_code(client, user.email)
    reset = {"token": older, "password": NEW_PASSWORD}
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 422


def test_an_erased_account_leaves_nothing_of_the_person(client):
    user = make.make_user(email="ada@example.com", password=PASSWORD)
    headers, job = make.headers_for(user), make.make_job()
    application = make.make_application(job, user, cover_letter="Dear all")
    db.session.add(Bookmark(user_id=user.id, job_id=job.id))
    db.session.flush()
    answer = client.delete("/api/v1/auth/me", json={"password": PASSWORD}, headers=headers)
    assert answer.status_code == 204
    db.session.expire_all()
    assert (user.first_name, user.email) == ("Erased", f"erased-{user.id}@erased.invalid")
    left = db.session.get(Application, application.id)
    assert (left.status, left.cover_letter) == ("withdrawn", None)
    assert db.session.query(Session).filter_by(user_id=user.id).count() == 0
    assert db.session.query(Bookmark).count() == 0


def test_erasing_an_account_needs_its_password(client):
    user = make.make_user(password=PASSWORD)
    headers = make.headers_for(user)
    answer = client.delete("/api/v1/auth/me", json={"password": "wrong"}, headers=headers)
    assert answer.status_code == 422
    assert db.session.get(User, user.id).erased_at is None


def test_the_last_owner_of_a_company_is_not_erased_and_one_of_two_is(client):
    owner = make.make_user("employer", password=PASSWORD)
    company, headers = make.make_company(owner), make.headers_for(owner)
    ask = {"json": {"password": PASSWORD}, "headers": headers}
    assert client.delete("/api/v1/auth/me", **ask).status_code == 409
    make.make_member(company, role="owner")
    assert client.delete("/api/v1/auth/me", **ask).status_code == 204
