"""The mails that are sent, as plain text."""

from dataclasses import dataclass

from flask import current_app

from src.database import Work


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def post(work: Work, to: str, letter: Letter) -> None:
    """Queue the letter in the running transaction."""
    post_many(work, [(to, letter)])


def post_many(work: Work, letters: list[tuple[str, Letter]]) -> None:
    """Queue (address, letter) pairs with one statement."""
    work.enqueue_many(
        "mail.send",
        [
            {"to": to, "subject": " ".join(letter.subject.split())[:200], "text": letter.text}
            for to, letter in letters
        ],
    )


def verify_email(token: str) -> Letter:
    return Letter(
        "Confirm your address",
        f"Welcome to TalentSphere.\n\nConfirm your address within 3 days with this code:\n\n"
        f"{token}\n\n{_where('auth/verify-email')}\n"
        "If you did not register, ignore this mail.\n",
    )


def reset_password(token: str) -> Letter:
    return Letter(
        "Reset your password",
        f"Set a new password within an hour with this code:\n\n{token}\n\n"
        f"{_where('auth/reset-password')}\n"
        "If you did not ask for it, ignore this mail: your password stays as it is.\n",
    )


def password_changed() -> Letter:
    return Letter(
        "Your password was changed",
        "The password of your TalentSphere account was changed and your other sessions ended.\n"
        "If that was not you, ask for a new password at once.\n",
    )


def invitation(company: str, role: str, token: str) -> Letter:
    return Letter(
        f"Join {company} on TalentSphere",
        f"You are invited to act for {company} as {role}.\n\nRegister as an employer with this"
        f" address, then accept with this code:\n\n{token}\n\n"
        f"{_where(f'invitations/{token}/accept')}\n",
    )


def application_received(job: str, company: str) -> Letter:
    return Letter(
        f"Your application for {job}",
        f"{company} has received your application for {job}.\n"
        "You will be told when its status changes.\n",
    )


def application_arrived(job: str, candidate: str) -> Letter:
    return Letter(
        f"New application for {job}",
        f"{candidate} has applied for {job}.\n",
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


def _where(path: str) -> str:
    return f"(POST {current_app.config['TALENTSPHERE'].public_url}/api/v1/{path})"
