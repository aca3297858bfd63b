"""Members and invitations."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import Company, Invitation, User
from src.queries.limits import INVITED, INVITED_BY, INVITED_OF
from src.utils import clock
from tests.background import queued
from tests.factories import headers_for, make_company, make_member, make_user

PASSWORD = "plum-Orchard-71"


def invite(client: FlaskClient, company: Company, owner: User, email: str) -> None:
    path = f"/api/v1/companies/{company.id}/invitations"
    body = {"email": email, "role": "recruiter"}
    answer = client.post(path, json=body, headers=headers_for(owner))
    assert answer.status_code == 201, answer.json


def token_of(client: FlaskClient, user: User) -> str:
    own = client.get("/api/v1/me/invitations", headers=headers_for(user)).json["items"]
    return str(own[0]["token"])


def test_an_invited_employer_becomes_a_member(client: FlaskClient) -> None:
    owner, invited = make_user("employer"), make_user("employer")
    company = make_company(owner)
    invite(client, company, owner, invited.email)
    caller = headers_for(invited)
    path = f"/api/v1/invitations/{token_of(client, invited)}/accept"
    assert client.post(path, headers=caller).json["role"] == "recruiter"
    members = client.get(f"/api/v1/companies/{company.id}/members", headers=caller).json
    assert [member["user"]["email"] for member in members["items"]] == [owner.email, invited.email]


def test_an_invitation_is_accepted_once_and_by_its_address_only(client: FlaskClient) -> None:
    owner, invited = make_user("employer"), make_user("employer")
    company = make_company(owner)
    invite(client, company, owner, invited.email)
    path = f"/api/v1/invitations/{token_of(client, invited)}/accept"
    assert client.post(path, headers=headers_for(make_user("employer"))).status_code == 404
    assert client.post(path, headers=headers_for(invited)).status_code == 200
    assert client.post(path, headers=headers_for(invited)).status_code == 404


def test_an_expired_or_forged_invitation_is_not_there(client: FlaskClient) -> None:
    owner, invited = make_user("employer"), make_user("employer")
    company = make_company(owner)
    invite(client, company, owner, invited.email)
    path = f"/api/v1/invitations/{token_of(client, invited)}/accept"
    db_expire(company)
    assert client.post(path, headers=headers_for(invited)).status_code == 404
    forged = "/api/v1/invitations/MQ.forged/accept"
    assert client.post(forged, headers=headers_for(invited)).status_code == 404


def test_an_invitation_that_expired_is_no_open_one(client: FlaskClient) -> None:
    owner, invited = make_user("employer"), make_user("employer")
    company = make_company(owner)
    path, caller = f"/api/v1/companies/{company.id}/invitations", headers_for(owner)
    invite(client, company, owner, invited.email)
    assert client.get(path, headers=caller).json["total"] == 1
    db_expire(company)
    listed = client.get(path, headers=caller).json
    assert (listed["total"], listed["items"]) == (0, [])


def db_expire(company: Company) -> None:

    past = clock.now() - timedelta(days=1)
    db.session.query(Invitation).filter_by(company_id=company.id).update({"expires_at": past})


def test_an_address_is_invited_once(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    invite(client, company, owner, "noor@example.com")
    answer = client.post(
        f"/api/v1/companies/{company.id}/invitations",
        json={"email": "NOOR@example.com", "role": "viewer"},
        headers=headers_for(owner),
    )
    assert (answer.status_code, answer.json["field"]) == (409, "email")


def test_who_has_not_proven_their_own_address_invites_nobody(client: FlaskClient) -> None:
    owner = make_user("employer", email_verified_at=None)
    path = f"/api/v1/companies/{make_company(owner).id}/invitations"
    body = {"email": "x@mail.example", "role": "viewer"}
    assert client.post(path, json=body, headers=headers_for(owner)).status_code == 403


def test_a_suspended_company_invites_nobody(client: FlaskClient) -> None:
    owner = make_user("employer")
    path = f"/api/v1/companies/{make_company(owner, status='suspended').id}/invitations"
    body = {"email": "x@mail.example", "role": "viewer"}
    answer = client.post(path, json=body, headers=headers_for(owner))
    assert (answer.status_code, answer.json["field"]) == (409, "company_id")


def test_nobody_is_mailed_again_and_again_by_inviting_and_taking_back(client: FlaskClient) -> None:
    owner = make_user("employer")
    path, caller = f"/api/v1/companies/{make_company(owner).id}/invitations", headers_for(owner)
    body = {"email": "x@mail.example", "role": "viewer"}
    for _ in range(INVITED_OF.most):
        made = client.post(path, json=body, headers=caller).json
        assert client.delete(f"{path}/{made['id']}", headers=caller).status_code == 204
    assert client.post(path, json=body, headers=caller).status_code == 429
    assert client.post(path, json=body | {"email": "y@mail.example"}, headers=caller).json["id"]
    # Nothing more was sent, and others may still send.
    assert len([mail for mail in queued("mail.send") if mail["to"] == "x@mail.example"]) == 3
    other = make_user("employer")
    invite(client, make_company(other), other, "x@mail.example")


def test_an_invitation_that_is_refused_keeps_no_others_from_inviting(client: FlaskClient) -> None:
    owner, other = make_user("employer"), make_user("employer")
    path, caller = f"/api/v1/companies/{make_company(owner).id}/invitations", headers_for(owner)
    body = {"email": "x@mail.example", "role": "viewer"}
    statuses = [client.post(path, json=body, headers=caller).status_code for _ in range(12)]
    assert statuses == [201] + [409] * 11
    invite(client, make_company(other), other, "x@mail.example")


def test_an_address_is_invited_so_often_by_one_person_and_so_often_by_all(
    client: FlaskClient,
) -> None:
    for _ in range(INVITED.most // INVITED_BY.most):
        owner = make_user("employer")
        for _ in range(INVITED_BY.most):
            invite(client, make_company(owner), owner, "x@mail.example")
        assert refused(client, owner) == 429
    assert refused(client, make_user("employer")) == 429


def refused(client: FlaskClient, owner: User) -> int:
    path = f"/api/v1/companies/{make_company(owner).id}/invitations"
    body = {"email": "x@mail.example", "role": "viewer"}
    return client.post(path, json=body, headers=headers_for(owner)).status_code


def test_an_invitation_can_be_taken_back(client: FlaskClient) -> None:
    owner, invited = make_user("employer"), make_user("employer")
    company = make_company(owner)
    invite(client, company, owner, invited.email)
    path, caller = f"/api/v1/companies/{company.id}/invitations", headers_for(owner)
    listed = client.get(path, headers=caller).json["items"]
    assert client.delete(f"{path}/{listed[0]['id']}", headers=caller).status_code == 204
    own = client.get("/api/v1/me/invitations", headers=headers_for(invited)).json
    assert own["total"] == 0


def removed(client: FlaskClient, company: Company, owner: User, other: User) -> Any:
    path = f"/api/v1/companies/{company.id}/members/{other.id}"
    return client.delete(path, headers=headers_for(owner))


def demoted(client: FlaskClient, company: Company, owner: User, other: User) -> Any:
    path = f"/api/v1/companies/{company.id}/members/{other.id}"
    return client.patch(path, json={"role": "viewer"}, headers=headers_for(owner))


def deactivated(client: FlaskClient, company: Company, owner: User, other: User) -> Any:
    path, admin = f"/api/v1/admin/users/{other.id}", make_user("admin")
    return client.patch(path, json={"is_active": False}, headers=headers_for(admin))


def gone(client: FlaskClient, company: Company, owner: User, other: User) -> Any:
    body = {"password": PASSWORD}
    return client.delete("/api/v1/auth/me", json=body, headers=headers_for(other))


@pytest.mark.parametrize("lose", [removed, demoted, deactivated, gone])
def test_what_was_offered_by_who_may_offer_nothing_more_is_taken_back(
    client: FlaskClient, lose: Callable[..., Any]
) -> None:
    owner, other = make_user("employer"), make_user("employer", password=PASSWORD)
    company, own, friend = make_company(owner), make_company(other), make_user("employer")
    make_member(company, other, "owner")
    make_member(own, role="owner")
    guest = make_user("employer")
    invite(client, company, other, friend.email)
    invite(client, company, owner, guest.email)
    path = f"/api/v1/invitations/{token_of(client, friend)}/accept"
    assert lose(client, company, owner, other).status_code in (200, 204)
    assert client.post(path, headers=headers_for(friend)).status_code == 404
    # Another's stands, and the address may be invited anew.
    assert token_of(client, guest)
    invite(client, company, owner, friend.email)


def test_only_owners_invite_and_change_roles(client: FlaskClient) -> None:
    company = make_company(make_user("employer"))
    recruiter = make_member(company)
    caller = headers_for(recruiter)
    path = f"/api/v1/companies/{company.id}"
    body = {"email": "a@example.com", "role": "owner"}
    assert client.post(f"{path}/invitations", json=body, headers=caller).status_code == 403
    change = client.patch(f"{path}/members/{recruiter.id}", json={"role": "owner"}, headers=caller)
    assert change.status_code == 403


def test_the_last_owner_neither_leaves_nor_steps_down(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    path, caller = f"/api/v1/companies/{company.id}/members/{owner.id}", headers_for(owner)
    assert client.delete(path, headers=caller).status_code == 409
    assert client.patch(path, json={"role": "viewer"}, headers=caller).status_code == 409
    make_member(company, role="owner")
    assert client.delete(path, headers=caller).status_code == 204


@pytest.mark.parametrize("lost", [{"is_active": False}, {"role": "candidate"}])
def test_an_owner_who_can_do_nothing_is_none(client: FlaskClient, lost: dict[str, Any]) -> None:
    owner, other = make_user("employer", password=PASSWORD), make_user("employer")
    company = make_company(owner)
    make_member(company, other, "owner")
    admin = headers_for(make_user("admin"))
    path, caller = f"/api/v1/companies/{company.id}/members/{owner.id}", headers_for(owner)
    assert (
        client.patch(f"/api/v1/admin/users/{other.id}", json=lost, headers=admin).status_code == 200
    )
    assert client.delete(path, headers=caller).status_code == 409
    assert client.patch(path, json={"role": "viewer"}, headers=caller).status_code == 409
    me = client.delete("/api/v1/auth/me", json={"password": PASSWORD}, headers=caller)
    assert me.status_code == 409


def test_a_member_may_leave_and_sees_nothing_from_the_next_request_on(client: FlaskClient) -> None:
    company = make_company(make_user("employer"))
    viewer = make_member(company, role="viewer")
    caller = headers_for(viewer)
    path = f"/api/v1/companies/{company.id}/members"
    assert client.delete(f"{path}/{viewer.id}", headers=caller).status_code == 204
    assert client.get(path, headers=caller).status_code == 404


def test_a_change_that_names_nothing_leaves_the_role(client: FlaskClient) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    viewer = make_member(company, role="viewer")
    path = f"/api/v1/companies/{company.id}/members/{viewer.id}"
    answer = client.patch(path, json={}, headers=headers_for(owner))
    assert (answer.status_code, answer.json["role"]) == (200, "viewer")
