"""Who saw which candidate: every reading leaves a row, and nobody can take it away."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from src.database import ask_for, db
from src.utils import clock
from tests import factories as make
from tests.conftest import act_as
from tests.contract.world import World, build

READS = {
    "/applications/{application_id}": "read_application",
    "/applications/{application_id}/history": "read_history",
    "/applications/{application_id}/notes": "read_notes",
    "/applications/{application_id}/interviews": "read_interviews",
    "/jobs/{job_id}/applications": "list_applications",
    "/employer/applications": "list_applications",
    "/employer/candidates/top?job_id={job_id}": "list_applications",
    "/companies/{company_id}/activity": "list_applications",
}  # fmt: skip


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def audit(client: FlaskClient, world: World, who: str = "owner", **query: Any) -> Any:
    return client.get("/api/v1/audit", query_string=query, headers=world.headers[who])


@pytest.mark.parametrize(("path", "action"), READS.items())
def test_whatever_shows_an_application_to_its_company_leaves_a_row(
    client: FlaskClient, world: World, path: str, action: str
) -> None:
    client.get(f"/api/v1{path.format(**world.ids)}", headers=world.headers["recruiter"])
    (row,) = audit(client, world).json["items"]
    assert (row["action"], row["user"]["id"]) == (action, world.users["recruiter"].id)
    assert row["company"]["id"] == world.ids["company_id"]
    candidate = world.users["candidate"].id
    assert row["seen"] == [
        {"application_id": world.ids["application_id"], "candidate_id": candidate}
    ]


def test_a_change_that_shows_the_application_leaves_a_row_too(
    client: FlaskClient, world: World
) -> None:
    path = f"/api/v1/applications/{world.ids['application_id']}"
    client.patch(path, json={}, headers=world.headers["recruiter"])
    client.post(f"{path}/transitions", json={"to": "rejected"}, headers=world.headers["owner"])
    assert audit(client, world).json["total"] == 2


def test_whoever_is_shown_a_candidate_by_a_replay_is_noted_again(
    client: FlaskClient, world: World
) -> None:
    path = f"/api/v1/applications/{world.ids['application_id']}/transitions"
    keyed = world.headers["recruiter"] | {"Idempotency-Key": "k"}
    first, again = (client.post(path, json={"to": "shortlisted"}, headers=keyed) for _ in range(2))
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    noted = audit(client, world).json["items"]
    assert [row["action"] for row in noted] == ["read_application"] * 2
    assert noted[0]["seen"] == noted[1]["seen"]


def test_a_replay_that_shows_no_candidate_is_not_noted(client: FlaskClient, world: World) -> None:
    path = f"/api/v1/applications/{world.ids['application_id']}"
    for who, there, body in (
        ("recruiter", "notes", {"body": "Calm."}), ("candidate", "withdraw", None),
    ):  # fmt: skip
        keyed = world.headers[who] | {"Idempotency-Key": "k"}
        told = [client.post(f"{path}/{there}", json=body, headers=keyed) for _ in range(2)]
        assert told[1].headers["Idempotency-Replayed"] == "true"
    assert audit(client, world).json["total"] == 0


def test_what_a_stranger_or_the_candidate_asks_for_leaves_none(
    client: FlaskClient, world: World
) -> None:
    path = f"/api/v1/applications/{world.ids['application_id']}"
    assert client.get(path, headers=world.headers["candidate"]).status_code == 200
    assert client.get(path, headers=world.headers["owner of another"]).status_code == 404
    assert audit(client, world).json["total"] == 0


def test_a_list_from_the_cache_leaves_a_row_each_time(committed: Flask) -> None:
    client, world = committed.test_client(), build()
    read = [
        client.get("/api/v1/employer/applications", headers=world.headers["recruiter"])
        for _ in range(3)
    ]
    assert [answer.headers["X-Cache"] for answer in read] == ["miss", "hit", "hit"]
    rows = audit(client, world).json["items"]
    assert [len(row["seen"]) for row in rows] == [1, 1, 1]


def test_a_list_over_two_companies_is_a_row_for_each(client: FlaskClient, world: World) -> None:
    other = make.make_company(world.users["owner"])
    make.make_application(make.make_job(other))
    client.get("/api/v1/employer/applications", headers=world.headers["owner"])
    for company_id in (world.ids["company_id"], other.id):
        assert audit(client, world, company_id=company_id).json["total"] == 1


def test_the_audit_is_read_by_owners_and_operators(client: FlaskClient, world: World) -> None:
    for who, company in (("owner", "ids"), ("owner of another", "foreign")):
        path = f"/api/v1/applications/{getattr(world, company)['application_id']}"
        client.get(path, headers=world.headers[who])
    assert audit(client, world).json["total"] == 1
    assert audit(client, world, "admin").json["total"] == 2
    assert audit(client, world, "recruiter").status_code == 403
    assert audit(client, world, "candidate").status_code == 403
    assert audit(client, world, company_id=world.foreign["company_id"]).status_code == 404


def test_an_owner_of_several_companies_must_say_which(client: FlaskClient, world: World) -> None:
    other = make.make_company(world.users["owner"])
    answer = audit(client, world)
    assert answer.status_code == 422
    assert str(other.id) in answer.json["errors"]["company_id"][0]


def test_rows_are_found_by_candidate_member_and_time(client: FlaskClient, world: World) -> None:
    for who in ("owner", "recruiter"):
        path = f"/api/v1/applications/{world.ids['application_id']}"
        client.get(path, headers=world.headers[who])
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    found = {
        "candidate_id": (world.users["candidate"].id, 2),
        "user_id": (world.users["owner"].id, 1), "since": (soon, 0), "until": (soon, 2),
    }  # fmt: skip
    for name, (value, total) in found.items():
        assert audit(client, world, **{name: value}).json["total"] == total, name
    assert audit(client, world, candidate_id=world.users["admin"].id).json["total"] == 0


ADD = """
INSERT INTO audit (company_id, user_id, action, application_ids, candidate_ids)
VALUES ({}, {}, 'read_notes', '{{}}', '{{}}')
"""
FORBIDDEN = (
    "UPDATE audit SET user_id = 1", "DELETE FROM audit", "SELECT * FROM audit", "TRUNCATE audit",
    ADD.format(1, 2), ADD.format(2, 1),
)  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_can_only_add_what_its_caller_saw(committed: Flask, statement: str) -> None:
    ask_for(1, "employer", (1,))
    act_as(db.session.connection(), "NONE")
    with pytest.raises(ProgrammingError, match=r"permission denied|row-level security"):
        db.session.execute(text(statement))


def test_what_cannot_be_written_down_is_not_shown(committed: Flask) -> None:
    client, world = committed.test_client(), build()
    db.session.execute(text("ALTER TABLE audit RENAME TO audit_gone"))
    db.session.commit()
    try:
        path = f"/api/v1/applications/{world.ids['application_id']}"
        assert client.get(path, headers=world.headers["owner"]).status_code == 500
    finally:
        db.session.execute(text("ALTER TABLE audit_gone RENAME TO audit"))
        db.session.commit()


def test_the_audit_costs_one_statement(committed: Flask) -> None:
    client, world = committed.test_client(), build()
    path = f"/api/v1/applications/{world.ids['application_id']}"
    said = {
        who: client.get(path, headers=world.headers[who]).headers["Server-Timing"]
        for who in ("candidate", "owner")
    }
    assert '"2 statements"' in said["candidate"]
    assert '"3 statements"' in said["owner"]
