"""Mails, and what is looked up only to write one."""

from src.services import account as account_service
from src.services import letters
from src.services.letters import Letter
from src.tasks.app import RETRY, task


@task("mail.send", retry=RETRY)
def send_mail(to: str, subject: str, text: str, headers: dict[str, str] | None = None) -> None:
    """Send one plain-text mail."""
    letters.hand_over(to, Letter(subject, text, headers or {}))


@task("account.send_reset", retry=RETRY)
def send_reset(email: str) -> None:
    """Mail a code for a new password, if the address is known."""
    account_service.send_reset(email)
