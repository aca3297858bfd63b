"""What somebody writes while an account is being erased: nothing of it outlives the person."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from src.database import db
from src.models import Bookmark, Company, User
from src.queries.limits import INVITED, INVITED_BY, INVITED_OF
from src.services.limits import take
from tests import factories as make
from tests.factories import rows
from tests.rival import asked_behind

PASSWORD = "plum-Orchard-71"
# Once it waits for this, an erasure has the account's row.
HOLD = "SELECT 1 FROM applications FOR UPDATE"


def person() -> tuple[User, Callable[..., Any]]:
    """Somebody whose application was rejected, and what they ask."""
    user = make.make_user(password=PASSWORD)
    make.make_application(make.make_job(), user, "rejected")
    return user, asking(user)


def asking(user: User) -> Callable[..., Any]:
    """Requests of the user, each made when it is called."""
    headers = make.headers_for(user)

    def ask(app: Flask, verb: str, path: str, **body: Any) -> Callable[[], Any]:
        call = getattr(app.test_client(), verb)
        return lambda: call(f"/api/v1{path}", json=body, headers=headers)

    return ask


@pytest.mark.parametrize(
    "written",
    [
        "INSERT INTO notes (application_id, body) SELECT id, 'Knows Zelda' FROM applications",
        ("INSERT INTO interviews (application_id, mode, notes, starts_at, ends_at)"
         " SELECT id, 'phone', 'Knows Zelda', now(), now() + interval '1 hour' FROM applications"),
        "UPDATE applications SET status = 'under_review', status_reason = 'Zelda called'",
    ],
)  # fmt: skip
def test_what_is_being_written_about_a_person_does_not_outlive_them(
    committed: Flask, written: str
) -> None:
    _, ask = person()
    db.session.commit()
    [erased] = asked_behind(
        committed, [HOLD, written], ask(committed, "delete", "/auth/me", password=PASSWORD)
    )
    assert erased.status_code == 204
    assert rows("SELECT 1 FROM notes UNION ALL SELECT 1 FROM interviews") == []
    assert rows("SELECT 1 FROM application_log WHERE reason IS NOT NULL") == []
    ended = "SELECT 1 FROM applications WHERE status IN ('rejected', 'withdrawn')"
    assert rows(f"{ended} AND status_reason IS NULL AND redacted_at IS NOT NULL") == [(1,)]


def test_a_name_that_is_being_changed_does_not_come_back(committed: Flask) -> None:
    user, ask = person()
    db.session.commit()
    erased, changed = asked_behind(
        committed,
        [HOLD],
        ask(committed, "delete", "/auth/me", password=PASSWORD),
        ask(committed, "patch", "/auth/me", first_name="Zelda"),
    )
    assert (erased.status_code, changed.status_code) == (204, 401)
    assert rows("SELECT first_name FROM users WHERE id = :id", id=user.id) == [("Erased",)]


def test_a_report_that_is_being_sent_is_kept_under_no_erased_person(committed: Flask) -> None:
    _, ask = person()
    report = f"/jobs/{make.make_job().id}/reports"
    db.session.commit()
    erased, reported = asked_behind(
        committed,
        [HOLD],
        ask(committed, "delete", "/auth/me", password=PASSWORD),
        ask(committed, "post", report, reason="other", text="I am Zelda"),
    )
    assert (erased.status_code, reported.status_code) == (204, 401)
    assert rows("SELECT text FROM job_reports") == []


def test_an_erasure_and_an_application_never_wait_for_each_other(committed: Flask) -> None:
    user = make.make_user(password=PASSWORD)
    job = make.make_job()
    db.session.add(Bookmark(user_id=user.id, job_id=job.id))
    make.make_application(make.make_job(db.session.get_one(Company, job.company_id)), user)
    ask = asking(user)
    db.session.commit()
    # As applying for the kept job does, one after the other.
    [erased] = asked_behind(
        committed,
        [f"SELECT 1 FROM job_counters WHERE job_id = {job.id} FOR UPDATE"],
        ask(committed, "delete", "/auth/me", password=PASSWORD),
        then=["UPDATE application_counts SET applications = applications"],
    )
    assert erased.status_code == 204


@pytest.mark.parametrize("lost", ["password_hash = 'another'", "is_active = false"])
def test_an_account_whose_password_is_being_changed_is_not_erased_by_the_old_one(
    committed: Flask, lost: str
) -> None:
    user, ask = person()
    taken = [f"UPDATE users SET {lost} WHERE id = {user.id}", "DELETE FROM sessions"]
    db.session.commit()
    [answer] = asked_behind(
        committed, taken, ask(committed, "delete", "/auth/me", password=PASSWORD)
    )
    assert answer.status_code == 401
    assert rows("SELECT 1 FROM users WHERE erased_at IS NOT NULL") == []


def test_an_invitation_and_the_erasure_of_its_address_never_wait_for_each_other(
    committed: Flask,
) -> None:
    user, ask = person()
    for limit in (INVITED, INVITED_OF.of(7), INVITED_BY.of(8)):
        take(limit, user.email)
    held = "UPDATE rate_windows SET hits = hits + 1 WHERE scope LIKE 'invitations:{}%'"
    db.session.commit()
    # As inviting counts, one after the other.
    [erased] = asked_behind(
        committed,
        [held.format("by")],
        ask(committed, "delete", "/auth/me", password=PASSWORD),
        then=[held.format("of"), held.format("to")],
    )
    assert erased.status_code == 204
    assert rows("SELECT scope FROM rate_windows WHERE subject LIKE '%@%'") == []
