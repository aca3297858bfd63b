"""Mails, and what is looked up only to write one."""

from urllib.parse import urlsplit

from flask import current_app

from src.services import account as account_service
from src.tasks.app import RETRY, task
from src.utils import mail


@task("mail.send", retry=RETRY)
def send_mail(to: str, subject: str, text: str) -> None:
    """Send one plain-text mail."""
    config = current_app.config["TALENTSPHERE"]
    sender = f"no-reply@{urlsplit(config.public_url).hostname or 'localhost'}"
    mail.send(config.mail_url, mail.compose(sender, to, subject, text))


@task("account.send_reset", retry=RETRY)
def send_reset(email: str) -> None:
    """Mail a code for a new password, if the address is known."""
    account_service.send_reset(email)
