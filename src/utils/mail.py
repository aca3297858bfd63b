"""Handing a mail over: to a server, or into a folder."""

import contextlib
import os
import smtplib
import ssl
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from src.utils import clock

TIMEOUT_SECONDS = 20
# Headers that programs read as they stand: folding would encode a long link.
_VERBATIM = frozenset({"list-unsubscribe"})


class Uncertain(OSError):
    """The connection broke while the mail was handed over: it may have been taken."""


class _Policy(EmailPolicy):
    """SMTP's, with some headers on one line; a line may have 998 characters."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _VERBATIM:
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _VERBATIM:
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy() + SMTP


def compose(
    sender: str, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None
) -> EmailMessage:
    """A plain-text mail, with these headers beside its own.

    Raises ValueError on a line break in a header.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    return message


def send(url: str, message: EmailMessage) -> None:
    """Send by `smtp://` (with STARTTLS where offered) or `smtps://`, or write to `file://`.

    A password is sent by TLS alone. Raises OSError (smtplib's errors are such) when it was not
    taken, Uncertain when it may be.
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
    gone = [path for path in Path(unquote(parts.path)).glob("*.eml") if _holds(is_over, path)]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _holds(is_over: Callable[[Path], bool], path: Path) -> bool:
    try:
        return is_over(path)
    except FileNotFoundError:
        # Whoever empties the folder was faster.
        return False


def _addressee(path: Path) -> str:
    with path.open("rb") as file:
        return str(BytesHeaderParser(policy=SMTP).parse(file)["To"])


def _write(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
    partial = folder / f".{name}"
    # With the codes that set passwords in them.
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes())
    # Nobody reads half a mail.
    partial.rename(folder / f"{name}.eml")


def _submit(parts: SplitResult, message: EmailMessage) -> None:
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
    with contextlib.closing(server):
        server.ehlo()
        is_secret = parts.scheme == "smtps"
        if not is_secret and server.has_extn("starttls"):
            server.starttls(context=context)
            is_secret = True
        if parts.username:
            if not is_secret:
                # Whoever stands between can take the offer away, and would be given the password.
                raise smtplib.SMTPNotSupportedError("no STARTTLS, and the URL has a password")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        try:
            server.send_message(message)
        except (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError) as error:
            raise Uncertain("the server went away") from error
        # It is taken, whatever comes of the farewell.
        with contextlib.suppress(OSError):
            server.quit()
