"""Alerts in tests: searches kept, rounds run in place, mails read back from a folder."""

import dataclasses
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from src import tasks
from src.database import db
from src.models import SavedSearch, User
from tests.background import run_queued
from tests.factories import make_user

NURSE: dict[str, Any] = {
    "title": "Night nurse", "country": "NO", "city": "Bergen", "is_remote": True,
    "employment_type": "full_time", "salary_min": 60000, "salary_currency": "USD",
    "salary_period": "year", "description": "<p>Care for patients.</p>",
}  # fmt: skip


def mails_go_to(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = app.config["TALENTSPHERE"]
    mine = dataclasses.replace(
        config, mail_url=f"file://{folder}", public_url="https://jobs.example"
    )
    monkeypatch.setitem(app.config, "TALENTSPHERE", mine)


def keep(user: User | None = None, frequency: str = "instant", **query: Any) -> SavedSearch:
    """A saved search of a candidate who reads their mail."""
    user = user or make_user()
    row = SavedSearch(user_id=user.id, name="Nights", query=query, frequency=frequency)
    db.session.add(row)
    db.session.flush()
    return row


def match() -> None:
    """What the clock starts each minute; what was written before is committed."""
    db.session.commit()
    tasks.queue.tasks["alerts.match"].func(timestamp=0)
    db.session.commit()


def sent(folder: Path) -> list[EmailMessage]:
    """The mails, once all that is queued has been sent; the folder is empty then."""
    run_queued("alerts.send")
    db.session.commit()
    found = []
    for path in sorted(folder.glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
        path.unlink()
    return found


def body(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


def told(folder: Path) -> dict[str, int]:
    """How many jobs each address was sent, by the links in their mails."""
    return {str(mail["To"]): mail.get_content().count("/api/v1/jobs/") for mail in sent(folder)}
