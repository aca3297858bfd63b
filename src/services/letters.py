"""The mails that are sent, as plain text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from src.database import Work
from src.utils import mail
from src.utils.task_places import AWAITED, BULK, ORDINARY

# More than these at once are bulk, which goes behind the letters of all others.
FEW = 20


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    priority: int = ORDINARY


def hand_over(to: str, letter: Letter) -> None:
    """Send the letter now.

    Raises OSError when it was not taken, mail.Uncertain when it may be.
    """
    config = current_app.config["TALENTSPHERE"]
    sender = f"no-reply@{urlsplit(config.public_url).hostname or 'localhost'}"
    subject = " ".join(letter.subject.split())[:200]
    mail.send(config.mail_url, mail.compose(sender, to, subject, letter.text, letter.headers))


def post(work: Work, to: str, letter: Letter) -> None:
    """Queue the letter in the running transaction."""
    post_many(work, [(to, letter)])


def post_many(work: Work, letters: Sequence[tuple[str, Letter]]) -> None:
    """Queue (address, letter) pairs, with one statement for those of one priority: a letter's own,
    but of many at once the ordinary ones are bulk.
    """
    usual = BULK if len(letters) > FEW else ORDINARY
    queues: dict[int, list[dict[str, Any]]] = {}
    for to, letter in letters:
        priority = usual if letter.priority == ORDINARY else letter.priority
        queues.setdefault(priority, []).append(_arguments(to, letter))
    for priority, many in queues.items():
        work.enqueue_many("mail.send", many, priority)


def _arguments(to: str, letter: Letter) -> dict[str, Any]:
    """What the task `mail.send` is given; headers only where there are some, so that a worker of
    the release before can send all others.
    """
    given: dict[str, Any] = {"to": to, "subject": letter.subject, "text": letter.text}
    return given | {"headers": dict(letter.headers)} if letter.headers else given


def verify_email(token: str) -> Letter:
    return Letter(
        "Confirm your address",
        f"Welcome to TalentSphere.\n\nConfirm your address within 3 days with this code:\n\n"
        f"{token}\n\n{_where('auth/verify-email')}\n"
        "If you did not register, ignore this mail.\n",
        priority=AWAITED,
    )


def reset_password(token: str) -> Letter:
    return Letter(
        "Reset your password",
        f"Set a new password within an hour with this code:\n\n{token}\n\n"
        f"{_where('auth/reset-password')}\n"
        "If you did not ask for it, ignore this mail: your password stays as it is.\n",
        priority=AWAITED,
    )


def password_changed() -> Letter:
    return Letter(
        "Your password was changed",
        "The password of your TalentSphere account was changed. Your other sessions ended, and your"
        " API keys were revoked.\n"
        "If that was not you, ask for a new password at once.\n",
    )


def invitation(company: str, role: str, token: str) -> Letter:
    return Letter(
        f"Join {company} on TalentSphere",
        f"You are invited to act for {company} as {role}.\n\nRegister as an employer with this"
        f" address, then accept with this code:\n\n{token}\n\n"
        f"{_where(f'invitations/{token}/accept')}\n",
        priority=AWAITED,
    )


def application_received(job: str, company: str) -> Letter:
    return Letter(
        f"Your application for {job}",
        f"{company} has received your application for {job}.\n"
        "You will be told when its status changes.\n",
    )


def application_arrived(job: str) -> Letter:
    return Letter(
        f"New application for {job}",
        f"A candidate has applied for {job}.\n",
    )


def application_moved(job: str, company: str, status: str) -> Letter:
    return Letter(
        f"Your application for {job}",
        f"{company} has moved your application for {job} to: {status.replace('_', ' ')}.\n",
    )


def interview_planned(job: str, company: str, starts_at: str) -> Letter:
    return Letter(
        f"Interview for {job}",
        f"{company} invites you to an interview for {job} at {starts_at}.\n",
    )


def interview_moved(job: str, company: str, starts_at: str, ends_at: str) -> Letter:
    return Letter(
        f"Interview for {job}",
        f"{company} has changed the time of your interview for {job}:"
        f" it is from {starts_at} to {ends_at} now.\n",
    )


def interview_called_off(job: str, company: str, starts_at: str) -> Letter:
    return Letter(
        f"Interview for {job}",
        f"{company} has called off your interview for {job} at {starts_at}.\n",
    )


def new_jobs(
    search: str, often: str, jobs: Sequence[Mapping[str, Any]], more: tuple[int, str], token: str
) -> Letter:
    """New jobs of a saved search, as cards; `more` is how many others there are, and where.

    A mail program can stop these mails by itself (RFC 8058), a person by the link.
    """
    stop = f"{_public_url()}/api/v1/unsubscribe/{token}"
    others, path = more
    rest = f"And {others} more: {_public_url()}{path}\n\n" if others > 0 else ""
    noun = "new job" if len(jobs) == 1 else "new jobs"
    return Letter(
        f"{len(jobs) + max(others, 0)} {noun}: {search}",
        f"New for your search “{search}”:\n\n{''.join(map(_listed, jobs))}{rest}"
        f"You are told {often}.\nStop these mails: {stop}\n",
        {
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _listed(job: Mapping[str, Any]) -> str:
    salary = (job["salary"] or {}).get("display")
    facts = (job["company"]["name"], job["location"]["display"], salary)
    about = " · ".join(fact for fact in facts if fact)
    return f"{job['title']}\n{about}\n{_public_url()}/api/v1/jobs/{job['slug']}\n\n"


def _where(path: str) -> str:
    return f"(POST {_public_url()}/api/v1/{path})"


def _public_url() -> str:
    url: str = current_app.config["TALENTSPHERE"].public_url
    return url
