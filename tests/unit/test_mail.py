"""Mails written to a folder, and what must not get into their headers."""

import smtplib
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from marshmallow import ValidationError

from src.schemas.texts import Address
from src.utils import clock, mail
from tests.smtp import serving


def test_a_mail_is_one_file_in_the_folder(tmp_path):
    message = mail.compose("no-reply@example.com", "ada@example.com", "Grüße", "Hello\nAda\n")
    mail.send(f"file://{tmp_path}/mail", message)
    (written,) = (tmp_path / "mail").iterdir()
    assert written.suffix == ".eml"
    read = message_from_bytes(written.read_bytes(), policy=policy.default)
    assert (read["To"], read["Subject"]) == ("ada@example.com", "Grüße")
    assert read.get_content().replace("\r\n", "\n") == "Hello\nAda\n"


def test_a_mail_with_its_codes_is_for_this_user_alone(tmp_path):
    folder = tmp_path / "mails"
    mail.send(f"file://{folder}", mail.compose("a@mail.example", "b@mail.example", "Code", "abc"))
    (written,) = folder.iterdir()
    assert [path.stat().st_mode & 0o777 for path in (folder, written)] == [0o700, 0o600]


@pytest.mark.parametrize("sign", [chr(code) for code in (*range(256), 0x2028, 0x3000, 0xFF20)])
def test_an_address_that_is_taken_is_one_mailbox(sign):
    """`a,b@mail.example` would be mailed to b as well."""
    given = f"a{sign}b@mail.example"
    try:
        address = Address().deserialize(given)
    except ValidationError:
        assert not sign.isascii() or sign not in "abcxyz019._+-'!#$%&*/=?^`{|}~"
        return
    message = mail.compose("no-reply@mail.example", address, "Hello", "Hello")
    assert [to.addr_spec for to in message["To"].addresses] == [address]


def test_an_encoded_word_is_no_address():
    """Else one mailbox had many spellings, each with limits of its own."""
    given = "=?utf-8?q?b=6fb?=@mail.example"
    message = mail.compose("no-reply@mail.example", given, "Hello", "Hello")
    assert [to.addr_spec for to in message["To"].addresses] != [given]
    with pytest.raises(ValidationError):
        Address().deserialize(given)


def test_a_mail_that_somebody_else_takes_meanwhile_keeps_no_other(tmp_path):
    for _ in range(2):
        mail.send(
            f"file://{tmp_path}", mail.compose("a@mail.example", "b@mail.example", "Hi", "Hi")
        )
    taken, *_ = tmp_path.iterdir()
    # Listed, and gone when it is looked at.
    taken.unlink()
    taken.symlink_to(tmp_path / "nowhere")
    assert mail.remove_older(f"file://{tmp_path}", clock.now() + timedelta(hours=1)) == 1
    mail.send(f"file://{tmp_path}", mail.compose("a@mail.example", "b@mail.example", "Hi", "Hi"))
    assert mail.forget(f"file://{tmp_path}", "b@mail.example") == 1


def test_a_line_break_cannot_add_a_header():
    with pytest.raises(ValueError, match="linefeed"):
        mail.compose("a@example.com", "b@example.com", "Hi\r\nBcc: c@example.com", "Hello")


def test_a_server_that_does_not_answer_is_an_error_to_retry():
    message = mail.compose("a@example.com", "b@example.com", "Hi", "Hello")
    with pytest.raises(OSError, match="refused"):
        mail.send("smtp://127.0.0.1:1", message)


def test_a_long_link_in_a_header_stays_one_that_programs_can_read():
    stop = f"<https://jobs.example/{'x' * 300}>"
    headers = {"List-Unsubscribe": stop, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = mail.compose("a@example.com", "b@example.com", "Grüße " * 30, "Hello", headers)
    lines = message.as_bytes().split(b"\r\n")
    assert f"List-Unsubscribe: {stop}".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert max(map(len, lines)) < 998
    assert message_from_bytes(message.as_bytes(), policy=policy.default)["Subject"] == (
        "Grüße " * 30
    )


@pytest.mark.parametrize("is_rude", [False, True])
def test_a_server_is_handed_the_mail_whatever_it_says_at_the_end(is_rude):
    message = mail.compose("a@example.com", "b@example.com", "Hi", "Hello")
    with serving() as server:
        server.is_rude = is_rude
        mail.send(server.url, message)
    assert len(server.taken) == 1
    assert b"Subject: Hi" in server.taken[0]


def test_a_password_is_not_sent_in_the_clear():
    message = mail.compose("a@example.com", "b@example.com", "Hi", "Hello")
    with serving() as server:
        server.takes_passwords = True
        with pytest.raises(smtplib.SMTPNotSupportedError, match="STARTTLS"):
            mail.send(server.url.replace("//", "//post:secret@"), message)
    assert "AUTH" not in server.asked
    assert server.taken == []


def test_a_server_that_refuses_the_address_has_not_taken_the_mail():
    message = mail.compose("a@example.com", "b@example.com", "Hi", "Hello")
    with serving() as server:
        server.refuses = True
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            mail.send(server.url, message)
    assert not isinstance(refused.value, mail.Uncertain)
    assert server.taken == []


def test_of_a_server_that_breaks_off_it_is_not_known_whether_it_took_the_mail():
    message = mail.compose("a@example.com", "b@example.com", "Hi", "Hello")
    with serving() as server:
        server.breaks_off = True
        with pytest.raises(mail.Uncertain):
            mail.send(server.url, message)
    assert len(server.taken) == 1
