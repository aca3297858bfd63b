"""What the clock ends of people's data, and that the figures stay."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src import tasks
from src.database import db, unit_of_work
from src.models import Application, Audit, Interview, Note
from src.services import retention
from src.utils import clock, mail
from tests import factories as make
from tests.factories import rows

Moved = Callable[[timedelta], None]
TWO_YEARS = timedelta(days=731)
LONG_AGO = clock.now() - timedelta(days=900)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Moved:
    """Moves the clock of the application on."""

    def move(by: timedelta) -> None:
        now: datetime = clock.now() + by
        monkeypatch.setattr(clock, "now", lambda: now)

    return move


def set_months(app: Flask, monkeypatch: pytest.MonkeyPatch, **months: int) -> None:
    config = dataclasses.replace(app.config["TALENTSPHERE"], **months)
    monkeypatch.setitem(app.config, "TALENTSPHERE", config)


def closed_application(status: str = "rejected") -> Application:
    candidate = make.make_user(first_name="Zelda", email="zelda@mail.example")
    application = make.make_application(
        make.make_job(), candidate, status, cover_letter="My letter", source="newsletter",
        status_reason="Too far", rating=2,
    )  # fmt: skip
    soon = clock.now() + timedelta(hours=1)
    db.session.add(Note(application_id=application.id, body="Kind"))
    db.session.add(
        Interview(
            application_id=application.id,
            starts_at=soon,
            ends_at=soon + timedelta(hours=1),
            mode="onsite",
        )
    )
    db.session.commit()
    return application


def seen_by_the_company(client: FlaskClient, application: Application) -> Any:
    company = db.session.get_one(make.Company, application.company_id)
    headers = make.headers_for(make.make_member(company))
    return client.get(f"/api/v1/applications/{application.id}", headers=headers).json


def test_a_closed_application_names_nobody_after_two_years(
    app: Flask, client: FlaskClient, moved: Moved
) -> None:
    application = closed_application()
    moved(TWO_YEARS - timedelta(days=20))
    assert retention.apply().applications == 0
    moved(timedelta(days=40))
    assert retention.apply().applications == 1
    shown = seen_by_the_company(client, application)
    assert (shown["candidate"]["first_name"], shown["rating"]) == ("Erased", None)
    assert (shown["cover_letter"], shown["notes_count"], shown["source"]) == (None, 0, None)
    assert rows("SELECT 1 FROM application_log WHERE reason IS NOT NULL OR by_id IS NOT NULL") == []
    assert rows("SELECT 1 FROM interviews") == []
    assert retention.apply().applications == 0


def test_who_was_taken_out_of_it_cannot_sign_it_again(
    app: Flask, client: FlaskClient, moved: Moved
) -> None:
    application = make.make_application(make.make_job(status="closed"))
    application.status_changed_at = clock.now() - TWO_YEARS
    headers = make.headers_for(db.session.get_one(make.User, application.candidate_id))
    db.session.commit()
    assert retention.apply().applications == 1
    path = f"/api/v1/applications/{application.id}/withdraw"
    assert client.post(path, headers=headers).status_code == 409
    assert rows("SELECT 1 FROM application_log WHERE by_id IS NOT NULL") == []


def test_its_dates_and_counts_stay(app: Flask, moved: Moved) -> None:
    application = closed_application("hired")
    before = rows("SELECT * FROM application_counts"), application.hired_at
    moved(TWO_YEARS)
    retention.apply()
    db.session.expire_all()
    assert (rows("SELECT * FROM application_counts"), application.hired_at) == before


def test_one_closed_lately_is_left_alone(app: Flask, moved: Moved) -> None:
    moved(TWO_YEARS)
    lately = closed_application()
    lately.status_changed_at = clock.now() - timedelta(days=1)
    db.session.commit()
    assert retention.apply().applications == 0


@pytest.mark.parametrize(
    ("of_job", "is_over"),
    [
        ({"status": "published"}, False), ({"status": "paused"}, False),
        ({"status": "draft"}, False),
        ({"status": "closed"}, True), ({"status": "expired"}, True), ({"status": "archived"}, True),
        # Ended by the clock, and no sweep has said so yet.
        ({"published_at": LONG_AGO, "expires_at": LONG_AGO + timedelta(days=30)}, True),
    ],
)  # fmt: skip
def test_one_that_nobody_decided_names_its_person_as_long_as_its_job_goes_on(
    app: Flask, client: FlaskClient, of_job: dict[str, Any], is_over: bool
) -> None:
    application = make.make_application(make.make_job(**of_job), cover_letter="Still waiting")
    application.status_changed_at = clock.now() - TWO_YEARS + timedelta(days=9)
    db.session.commit()
    assert retention.apply().applications == 0
    application.status_changed_at = clock.now() - TWO_YEARS
    db.session.commit()
    assert retention.apply().applications == is_over
    shown = seen_by_the_company(client, application)
    assert (shown["candidate"]["first_name"] == "Erased") == is_over
    assert shown["status"] == "submitted"


@pytest.mark.parametrize("status", ["paused", "draft"])
def test_the_jobs_of_a_deleted_company_go_on_no_more(
    app: Flask, client: FlaskClient, moved: Moved, status: str
) -> None:
    owner = make.make_user("employer")
    company = make.make_company(owner)
    make.make_application(make.make_job(company, status), cover_letter="Still waiting")
    path, headers = f"/api/v1/companies/{company.id}", make.headers_for(owner)
    assert client.delete(path, headers=headers).status_code == 204
    moved(TWO_YEARS)
    assert retention.apply().applications == 1
    assert rows("SELECT 1 FROM applications WHERE cover_letter IS NOT NULL") == []


def test_nobody_is_found_by_name_rated_or_moved_in_it(
    app: Flask, client: FlaskClient, moved: Moved
) -> None:
    application = closed_application()
    company = db.session.get_one(make.Company, application.company_id)
    moved(TWO_YEARS)
    retention.apply()
    headers = make.headers_for(make.make_member(company))
    path = f"/api/v1/applications/{application.id}"
    sent: dict[str, Any] = {"headers": headers}
    found = client.get("/api/v1/employer/applications?q=zelda", **sent)
    assert found.json["total"] == 0
    assert client.patch(path, json={"rating": 4}, **sent).status_code == 409
    assert client.post(f"{path}/notes", json={"body": "Hm"}, **sent).status_code == 409
    move = {"to": "under_review"}
    assert client.post(f"{path}/transitions", json=move, **sent).status_code == 409
    many = client.post(
        "/api/v1/employer/applications/bulk-actions",
        json=move | {"application_ids": [application.id]}, **sent,
    )  # fmt: skip
    assert many.json["skipped"] == [{"id": application.id, "reason": "not_allowed"}]


def test_the_dashboard_names_nobody_either(app: Flask, client: FlaskClient, moved: Moved) -> None:
    application = closed_application()
    company = db.session.get_one(make.Company, application.company_id)
    moved(TWO_YEARS)
    retention.apply()
    headers = make.headers_for(make.make_member(company))
    for path in ("employer/dashboard", f"companies/{company.id}/activity"):
        answer = client.get(f"/api/v1/{path}", headers=headers)
        assert answer.status_code == 200
        assert "Zelda" not in answer.text


def test_it_goes_on_past_one_batch(
    app: Flask, moved: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    job = make.make_job()
    for _ in range(5):
        make.make_application(job, status="withdrawn")
    db.session.commit()
    moved(TWO_YEARS)
    assert retention.apply().applications == 5


def test_an_operator_may_keep_it_shorter_or_for_ever(
    app: Flask, moved: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_application()
    moved(TWO_YEARS)
    set_months(app, monkeypatch, application_retention_months=0)
    assert retention.apply().applications == 0
    set_months(app, monkeypatch, application_retention_months=1)
    assert retention.apply().applications == 1


@pytest.mark.parametrize(
    ("closed_on", "kept_until"),
    [
        ("2030-01-31", "2032-01-31"), ("2030-11-29", "2032-11-29"), ("2030-04-30", "2032-04-30"),
    ],
)  # fmt: skip
def test_the_last_days_of_a_month_are_days_like_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch, closed_on: str, kept_until: str
) -> None:
    closed_application().status_changed_at = datetime.fromisoformat(f"{closed_on}T11:00+00:00")
    db.session.commit()
    day = datetime.fromisoformat(f"{kept_until}T00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: day)
    assert retention.apply().applications == 0
    monkeypatch.setattr(clock, "now", lambda: day + timedelta(hours=12))
    assert retention.apply().applications == 1


def test_the_audit_ends_by_a_setting_of_its_own(
    app: Flask, moved: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {"action": "read_notes", "application_ids": [1], "candidate_ids": [1]}
    db.session.add(Audit(company_id=1, user_id=1, **seen))
    db.session.commit()
    moved(timedelta(days=70))
    assert retention.apply().audit == 0
    set_months(app, monkeypatch, audit_retention_months=2)
    assert retention.apply().audit == 1


def test_mails_of_a_folder_and_failed_tasks_are_kept_for_thirty_days(
    app: Flask, moved: Moved, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = dataclasses.replace(app.config["TALENTSPHERE"], mail_url=f"file://{tmp_path}")
    monkeypatch.setitem(app.config, "TALENTSPHERE", config)
    mail.send(config.mail_url, mail.compose("a@x.example", "b@x.example", "Hi", "Hello"))
    with unit_of_work() as work:
        work.enqueue("mail.send", to="b@x.example", subject="Hi", text="Hello")
    rows("UPDATE procrastinate_jobs SET status = 'failed' RETURNING 1")
    moved(timedelta(days=29))
    assert dataclasses.astuple(retention.apply())[2:] == (0, 0)
    moved(timedelta(days=2))
    assert dataclasses.astuple(retention.apply())[2:] == (1, 1)
    assert [*tmp_path.iterdir()] == []


def test_the_worker_does_it_every_night(app: Flask, moved: Moved) -> None:
    closed_application()
    moved(TWO_YEARS)
    tasks.queue.tasks["retention.apply"].func(timestamp=0)
    assert rows("SELECT 1 FROM applications WHERE redacted_at IS NOT NULL") != []
    assert "retention.apply" in {each.task.name for each in _periodic()}


def _periodic() -> Any:
    return tasks.queue.periodic_registry.periodic_tasks.values()
