"""Handing a mail over: to a server, or into a folder."""

import smtplib
import ssl
import uuid
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from src.utils import clock

TIMEOUT_SECONDS = 20


def compose(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """A plain-text mail.

    Raises ValueError on a line break in a header.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(text)
    return message


def send(url: str, message: EmailMessage) -> None:
    """Send by `smtp://` (with STARTTLS where offered) or `smtps://`, or write to `file://`.

    Raises OSError (smtplib's errors are such) when it was not taken.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        _write(Path(unquote(parts.path)), message)
    else:
        _submit(parts, message)


def forget(url: str, address: str) -> int:
    """Remove what a folder keeps to the address; how many mails. A server's are its own."""
    return _remove(url, lambda path: _addressee(path) == address)


def remove_older(url: str, moment: datetime) -> int:
    """Remove what a folder has kept since before the moment; how many mails."""
    return _remove(url, lambda path: path.stat().st_mtime < moment.timestamp())


def _remove(url: str, is_over: Callable[[Path], bool]) -> int:
    parts = urlsplit(url)
    if parts.scheme != "file":
        return 0
    gone = [path for path in Path(unquote(parts.path)).glob("*.eml") if is_over(path)]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _addressee(path: Path) -> str:
    with path.open("rb") as file:
        return str(BytesHeaderParser(policy=SMTP).parse(file)["To"])


def _write(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
    partial = folder / f".{name}"
    partial.write_bytes(message.as_bytes())
    # Nobody reads half a mail.
    partial.rename(folder / f"{name}.eml")


def _submit(parts: SplitResult, message: EmailMessage) -> None:
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
