"""After somebody has erased their account, nothing tells whose it was: not the database as plain
text, not the cache, no mail, no log.
"""

import re

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from src.database import ask_for, db
from tests import factories
from tests.conftest import act_as
from tests.security.live import PASSWORD, Live

EMAIL = "quartzheart@mail.example"
# Where each word of the person, or about them, is planted.
WORDS = (
    "Zebulon", "Quartzheart", "quartzheart", "Coverword", "Resumeword", "Sourceword", "Noteword",
    "Roomword", "Preparedword", "Reasonword", "Reportword", "Keynameword", "Browserword",
)  # fmt: skip
READS = (
    "employer/applications", "employer/dashboard", "employer/analytics",
    "companies/{company}/activity",
    "jobs/{job}/applications",
)  # fmt: skip


def plant(live: Live) -> str:
    """A candidate with every word planted; the token of their session."""
    owner = live.person("employer", "owner@house.example")
    job = live.job(owner)
    names = {"first_name": "Zebulon", "last_name": "Quartzheart"}
    candidate = live.person("candidate", EMAIL, **names)
    sent = {
        "cover_letter": "Coverword", "resume_url": "https://cv.example/Resumeword",
        "source": "Sourceword",
    }  # fmt: skip
    key = {"Idempotency_Key": "one"}
    made = live.ask("POST", f"/api/v1/jobs/{job['id']}/applications", sent, candidate, **key)
    application = f"/api/v1/applications/{made.json['id']}"
    login = {"email": EMAIL, "password": PASSWORD}
    assert live.ask("POST", "/api/v1/auth/login", login, User_Agent="Browserword").status == 200
    meeting = {
        "starts_at": "2090-01-31T09:00:00Z", "ends_at": "2090-01-31T10:00:00Z", "mode": "onsite",
        "location": "Roomword", "notes": "Preparedword",
    }  # fmt: skip
    ids = {"company": job["company"]["id"], "job": job["id"]}
    invited = f"/api/v1/companies/{ids['company']}/invitations"
    on_job, keys = f"/api/v1/jobs/{job['id']}", "/api/v1/auth/api-keys"
    for verb, path, body, token in (
        ("POST", f"{application}/notes", {"body": "Noteword"}, owner),
        ("POST", f"{application}/interviews", meeting, owner),
        ("POST", f"{application}/transitions", {"to": "offered", "reason": "Reasonword"}, owner),
        ("POST", invited, {"email": EMAIL, "role": "viewer"}, owner),
        ("POST", f"{on_job}/reports", {"reason": "spam", "text": "Reportword"}, candidate),
        ("POST", keys, {"name": "Keynameword", "scopes": ["jobs:read"]}, candidate),
        ("PUT", f"{on_job}/bookmark", None, candidate),
        ("POST", "/api/v1/auth/forgot-password", {"email": EMAIL}, None),
    ):
        answer = live.ask(verb, path, body, token, **key)
        assert answer.status < 300, answer.body
    for path in (*READS, *READS):
        assert live.ask("GET", f"/api/v1/{path.format(**ids)}", token=owner).status == 200
    assert live.ask("GET", "/api/v1/me/applications", token=candidate).status == 200
    live.wait_for_tasks()
    return candidate


def readable(dump: str) -> str:
    """A dump with its bytes as the words they are."""

    def words(hexed: re.Match[str]) -> str:
        return bytes.fromhex(hexed[1]).decode(errors="replace")

    return re.sub(r"\\x((?:[0-9a-f]{2})+)", words, dump)


def found_in(text: str) -> list[str]:
    return [word for word in WORDS if word in text]


def mails(live: Live) -> str:
    return "\n".join(mail.read_text() for mail in (live.data_dir / "mail").glob("*.eml"))


def test_nothing_of_an_erased_person_is_left_anywhere(live: Live) -> None:
    candidate = plant(live)
    before = readable(live.dump())
    assert found_in(before) == list(WORDS)
    # The answer to the invitation is kept for its sender, as bytes.
    assert f'"email":"{EMAIL}","role":"viewer"' in before.replace(" ", "")
    assert {"Zebulon", "Coverword"} <= {*found_in(live.cached().decode(errors="replace"))}
    assert EMAIL in mails(live)
    gone = live.ask("DELETE", "/api/v1/auth/me", {"password": PASSWORD}, candidate)
    assert gone.status == 204, gone.body
    live.wait_for_tasks()
    assert found_in(readable(live.dump())) == []
    assert found_in(live.cached().decode(errors="replace")) == []
    assert found_in(mails(live)) == []
    assert found_in(live.logs()) == []


def test_nobody_removes_the_traces_of_another(committed: Flask) -> None:
    user, other = factories.make_user(), factories.make_user()
    db.session.commit()
    ask_for(user.id, "candidate")
    act_as(db.session.connection(), "NONE")
    with pytest.raises(ProgrammingError, match="nobody erases another"):
        db.session.execute(text("SELECT erase_traces(:id, '')"), {"id": other.id})
