"""The tree of categories."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from src.database import db
from tests.factories import headers_for, make_job, make_user, rows
from tests.rival import asked_behind

PATH = "/api/v1/job-categories"


def category_id(slug: str) -> int:
    return int(rows("SELECT id FROM categories WHERE slug = :slug", slug=slug)[0].id)


def root(client: FlaskClient, slug: str) -> dict[str, Any]:
    return next(node for node in client.get(PATH).json if node["slug"] == slug)


def test_live_jobs_of_a_child_count_for_its_parent(client: FlaskClient) -> None:
    make_job(category_id=category_id("security"))
    make_job(category_id=category_id("security"), status="closed")
    technology = root(client, "technology")
    assert technology["live_jobs"] == 1
    child = next(node for node in technology["children"] if node["slug"] == "security")
    assert child["live_jobs"] == 1


def test_an_admin_adds_moves_and_deletes(client: FlaskClient) -> None:
    admin = headers_for(make_user("admin"))
    parent = category_id("technology")
    body = {"name": "Robotics", "parent_id": parent}
    made = client.post(PATH, json=body, headers=admin)
    assert (made.status_code, made.json["slug"]) == (201, "robotics")
    path = f"{PATH}/{made.json['id']}"
    assert client.patch(path, json={"parent_id": None}, headers=admin).status_code == 200
    assert root(client, "robotics")["children"] == []
    assert client.delete(path, headers=admin).status_code == 204


def test_a_category_cannot_lie_below_itself(client: FlaskClient) -> None:
    admin = headers_for(make_user("admin"))
    path = f"{PATH}/{category_id('technology')}"
    for parent in (category_id("technology"), category_id("security")):
        answer = client.patch(path, json={"parent_id": parent}, headers=admin)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["parent_id"])


def test_a_category_with_children_or_jobs_is_kept(client: FlaskClient) -> None:
    admin = headers_for(make_user("admin"))
    make_job(category_id=category_id("other"))
    for slug in ("technology", "other"):
        answer = client.delete(f"{PATH}/{category_id(slug)}", headers=admin)
        assert answer.status_code == 409


def test_a_category_under_which_a_job_is_being_filed_is_kept(committed: Flask) -> None:
    admin = headers_for(make_user("admin"))
    job, other = make_job(), category_id("other")
    db.session.commit()
    filed = f"UPDATE jobs SET category_id = {other} WHERE id = {job.id}"

    def remove() -> TestResponse:
        return committed.test_client().delete(f"{PATH}/{other}", headers=admin)

    (answer,) = asked_behind(committed, [filed], remove)
    assert (answer.status_code, answer.json["field"]) == (409, "id"), answer.json


def test_others_than_admins_change_no_category(client: FlaskClient) -> None:
    for role in ("candidate", "employer"):
        caller = headers_for(make_user(role))
        assert client.post(PATH, json={"name": "Mine"}, headers=caller).status_code == 403
    assert client.post(PATH, json={"name": "Mine"}).status_code == 401
