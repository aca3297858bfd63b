"""What was written and is removed by another before it is read back is not found."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import Category, Interview
from src.queries import application as application_queries
from src.services import category as category_service
from src.services import interview as interview_service
from src.utils import clock
from tests import factories as make
from tests.security.test_lost_meanwhile import meanwhile


@pytest.fixture
def company() -> dict[str, Any]:
    """An application to a company and its interview, and the headers of the company's owner."""
    owner, soon = make.make_user("employer"), clock.now() + timedelta(hours=1)
    application = make.make_application(make.make_job(make.make_company(owner)))
    hours = {"starts_at": soon, "ends_at": soon + timedelta(hours=1)}
    interview = Interview(application_id=application.id, mode="onsite", **hours)
    db.session.add(interview)
    db.session.commit()
    return {
        "application": application.id, "interview": interview.id,
        "headers": make.headers_for(owner),
    }  # fmt: skip


def test_an_interview_is(
    client: FlaskClient, company: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, interview_service, "_reread", "DELETE FROM interviews")
    path, body = f"/api/v1/interviews/{company['interview']}", {"location": "Room 2"}
    assert client.patch(path, json=body, headers=company["headers"]).status_code == 404


def test_a_note_is(
    client: FlaskClient, company: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, application_queries, "notes", "DELETE FROM notes")
    path = f"/api/v1/applications/{company['application']}/notes"
    answer = client.post(path, json={"body": "Kind"}, headers=company["headers"])
    assert answer.status_code == 404


def test_a_category_is(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    category, admin = Category(name="Robotics", slug="robotics"), make.make_user("admin")
    db.session.add(category)
    db.session.commit()
    removed = f"DELETE FROM categories WHERE id = {category.id}"
    meanwhile(monkeypatch, category_service, "all_rows", removed)
    path, headers = f"/api/v1/job-categories/{category.id}", make.headers_for(admin)
    assert client.patch(path, json={"name": "Robots"}, headers=headers).status_code == 404
