"""Interviews: a change is held to what planning is, and the candidate is told of each."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import Application, Interview, User
from src.utils import clock
from tests.background import queued
from tests.factories import headers_for, make_application, make_company, make_job, make_user


class Meeting:
    """An interview in a day's time, unless it says otherwise, and its company asking."""

    def __init__(self, client: FlaskClient, **values: Any) -> None:
        self.client, owner = client, make_user("employer")
        self.application: Application = make_application(make_job(make_company(owner)))
        self.headers = headers_for(owner)
        starts_at = values.pop("starts_at", clock.now() + timedelta(days=1))
        self.row = Interview(
            application_id=self.application.id, starts_at=starts_at, mode="video",
            ends_at=starts_at + timedelta(hours=1), **values,
        )  # fmt: skip
        db.session.add(self.row)
        db.session.flush()
        self.path = f"/api/v1/interviews/{self.row.id}"

    def change(self, **fields: Any) -> Any:
        return self.client.patch(self.path, json=fields, headers=self.headers)

    def letters(self) -> list[str]:
        """What was written to the candidate."""
        address = db.session.get_one(User, self.application.candidate_id).email
        return [mail["text"] for mail in queued("mail.send") if mail["to"] == address]


def times(days: float) -> dict[str, str]:
    start = clock.now() + timedelta(days=days)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}


def spelled(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%d %B %Y, %H:%M} UTC"


def test_an_interview_is_not_moved_into_the_past(client: FlaskClient) -> None:
    meeting = Meeting(client)
    past = meeting.change(**times(-2))
    assert (past.status_code, list(past.json["errors"])) == (422, ["starts_at"])
    before = (clock.now() - timedelta(days=1)).isoformat()
    assert meeting.change(starts_at=before).status_code == 422
    assert list(meeting.change(ends_at=before).json["errors"]) == ["ends_at"]
    assert meeting.letters() == []


def test_the_times_of_an_interview_that_was_held_are_put_right(client: FlaskClient) -> None:
    meeting = Meeting(client, starts_at=clock.now() - timedelta(days=1))
    meeting.application.status = "hired"
    assert meeting.change(status="completed", **times(-1.5)).status_code == 200
    assert meeting.change(**times(-1.2)).status_code == 200
    assert meeting.letters() == []


def test_nobody_who_withdrew_is_invited_by_a_change(client: FlaskClient) -> None:
    meeting = Meeting(client, status="cancelled")
    meeting.application.status = "withdrawn"
    for fields in (times(3), {"status": "scheduled"}, {**times(3), "status": "scheduled"}):
        refused = meeting.change(**fields)
        assert (refused.status_code, refused.json["field"]) == (409, "status")
    assert meeting.change(notes="She withdrew.").status_code == 200
    assert meeting.letters() == []


def test_an_interview_that_is_over_is_not_scheduled_again_as_it_was(client: FlaskClient) -> None:
    meeting = Meeting(client, status="completed", starts_at=clock.now() - timedelta(days=2))
    refused = meeting.change(status="scheduled")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["starts_at"])
    assert meeting.change(status="scheduled", **times(2)).status_code == 200
    assert len(meeting.letters()) == 1


@pytest.mark.parametrize("status", ["scheduled", "completed", "cancelled"])
def test_what_has_been_is_noted_with_its_times_as_they_were(
    client: FlaskClient, status: str
) -> None:
    meeting = Meeting(client, starts_at=clock.now() - timedelta(days=2))
    same = {name: getattr(meeting.row, name).isoformat() for name in ("starts_at", "ends_at")}
    answer = meeting.change(status=status, notes="Calm.", **same)
    assert (answer.status_code, answer.json["status"]) == (200, status)
    assert meeting.letters() == []


def test_the_candidate_is_told_of_a_move(client: FlaskClient) -> None:
    meeting, later = Meeting(client), times(5)
    assert meeting.change(**later).status_code == 200
    (letter,) = meeting.letters()
    assert spelled(later["starts_at"]) in letter
    assert spelled(later["ends_at"]) in letter
    assert meeting.change(**later, location="Room 2").status_code == 200
    assert len(meeting.letters()) == 1


def test_the_candidate_is_told_of_a_cancellation_and_of_a_new_invitation(
    client: FlaskClient,
) -> None:
    meeting = Meeting(client)
    for status in ("cancelled", "cancelled", "scheduled"):
        assert meeting.change(status=status).status_code == 200
    called_off, invited = meeting.letters()
    assert "called off" in called_off
    assert spelled(meeting.row.starts_at.isoformat()) in called_off
    assert "invites you" in invited


def test_the_times_of_a_cancelled_interview_are_nothing_to_be_told_of(client: FlaskClient) -> None:
    meeting = Meeting(client, status="cancelled")
    assert meeting.change(**times(4)).status_code == 200
    assert meeting.letters() == []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, 1), ({"status": "cancelled"}, 0), ({"status": "completed"}, 0),
        ({"starts_at": clock.now() - timedelta(days=2)}, 0),
    ],
)  # fmt: skip
def test_the_candidate_is_told_when_an_interview_to_come_is_deleted(
    client: FlaskClient, values: dict[str, Any], told: int
) -> None:
    meeting = Meeting(client, **values)
    assert client.delete(meeting.path, headers=meeting.headers).status_code == 204
    assert ["called off" in letter for letter in meeting.letters()] == [True] * told
    assert client.delete(meeting.path, headers=meeting.headers).status_code == 404


def test_nobody_is_written_to_about_an_application_they_were_taken_out_of(
    client: FlaskClient,
) -> None:
    meeting = Meeting(client)
    meeting.application.status = "rejected"
    meeting.application.redacted_at = clock.now()
    assert meeting.change(notes="Old.").status_code == 409
    assert client.delete(meeting.path, headers=meeting.headers).status_code == 204
    assert queued("mail.send") == []
