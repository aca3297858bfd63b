"""Mails written to a folder, and what must not get into their headers."""

from email import message_from_bytes, policy

import pytest

from src.utils import mail


def test_a_mail_is_one_file_in_the_folder(tmp_path):
    message = mail.compose("no-reply@example.com", "ada@example.com", "Grüße", "Hello\nAda\n")
    mail.send(f"file://{tmp_path}/mail", message)
    (written,) = (tmp_path / "mail").iterdir()
    assert written.suffix == ".eml"
    read = message_from_bytes(written.read_bytes(), policy=policy.default)
    assert (read["To"], read["Subject"]) == ("ada@example.com", "Grüße")
    assert read.get_content().replace("\r\n", "\n") == "Hello\nAda\n"


def test_a_line_break_cannot_add_a_header():
    with pytest.raises(ValueError, match="linefeed"):
        mail.compose("a@example.com", "b@example.com", "Hi\r\nBcc: c@example.com", "Hello")


def test_a_server_that_does_not_answer_is_an_error_to_retry():
    message = mail.compose("a@example.com", "b@example.com", "Hi", "Hello")
    with pytest.raises(OSError, match="refused"):
        mail.send("smtp://127.0.0.1:1", message)
