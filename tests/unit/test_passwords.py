"""Passwords: which are refused, and what checking one costs."""

import time
import unicodedata

import pytest

from src.utils import passwords

# Before the tests make them cheap.
HASHER, NOBODY = passwords._HASHER, passwords._NOBODY


@pytest.fixture(autouse=True)
def at_full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are hashed in service."""
    monkeypatch.setattr(passwords, "_HASHER", HASHER)
    monkeypatch.setattr(passwords, "_NOBODY", NOBODY)


@pytest.mark.parametrize(
    "password",
    ["Password1234", "P@ssw0rd!2024", "welcome12345", "1q2w3e4r5t6y", "121212121212", "ada@x.org"],
)
def test_what_is_easily_guessed_is_weak(password):
    assert passwords.weakness(password, "ada@x.org")


@pytest.mark.parametrize("password", ["plum-Orchard-71", "vier Kühe im Nebel", "8Jx!q0-vbT2m"])
def test_a_long_unlikely_password_is_good(password):
    assert passwords.weakness(password, "ada@x.org") is None


def test_the_same_letters_typed_on_another_machine_are_the_same_password():
    stored = passwords.hash_password("vier Kühe im Nebel")
    assert passwords.verify(stored, unicodedata.normalize("NFD", "vier Kühe im Nebel"))
    assert not passwords.verify(stored, "vier Kuhe im Nebel")


def test_the_hash_is_argon2id_at_the_chosen_cost():
    assert passwords.hash_password("plum-Orchard-71").startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_checking_an_unknown_account_is_as_slow_as_checking_a_known_one():
    def seconds(stored: str | None) -> float:
        started = time.thread_time()
        assert not passwords.verify(stored, "wrong-Password-1")
        return time.thread_time() - started

    stored = passwords.hash_password("plum-Orchard-71")
    # Of the processor's time, and in turns: whatever else the machine does slows both.
    times = [(seconds(stored), seconds(None)) for _ in range(8)]
    known, unknown = (min(column) for column in zip(*times, strict=True))
    assert 0.5 < unknown / known < 2
