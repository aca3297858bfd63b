"""Passwords: hashed with argon2id, and refused when they are easily guessed."""

import re
import threading
import unicodedata

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from src.errors import Unavailable

# OWASP's first choice for argon2id: 46 MiB, one pass, one lane.
_HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
# Two at a time bound the memory, whatever the number of threads.
_SLOTS = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 5
# A well-formed hash of nothing that anybody knows: an unknown address costs the same work.
_NOBODY = (
    "$argon2id$v=19$m=47104,t=1,p=1$cHP/0O2bDaAKVdkSbEh4vw"
    "$w7reJkjQH/g9qM2QSjuD16yV/9UaawzDExfU0U5VDWo"
)
_WORDS = """
abc abcd admin administrator adminadmin asdf asdfgh asdfghjkl azerty azertyuiop baseball batman
changeme computer correcthorsebatterystaple default donald dragon football freedom google guest
hello iloveyou internet jordan letmein linkedin login lovely manager master michael monkey mustang
mypassword newpassword pass passphrase passw password passwort princess qazwsx qazwsxedc qwert
qwerty qwertyqwerty qwertyuiop root samsung secret shadow starwars summer sunshine superman
talentsphere temp test testing testtest trustno unknown user welcome whatever winter zxcvbn
zxcvbnm
"""
_COMMON_WORDS = frozenset(_WORDS.split())
_WHOLE = """
1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc q1w2e3r4t5y6 zaq12wsxcde3 qwe123qwe123 asd123asd123
abc123abc123 a1b2c3d4e5f6 123qweasdzxc qweasdzxc123 1a2b3c4d5e6f thisisapassword letmeinplease
iloveyouforever ihatepasswords opensesame123 passwordpassword
"""
_COMMON = frozenset(_WHOLE.split())
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789")
_LEET = str.maketrans("@4031$5!7", "aaoeissit")


def hash_password(password: str) -> str:
    """The argon2id hash; about 30 ms and 46 MiB.

    Raises Unavailable when too many are being made.
    """
    with _slot():
        return _HASHER.hash(_normal(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is the one; without a stored hash the work is the same.

    Raises Unavailable when too many are being checked.
    """
    with _slot():
        try:
            return _HASHER.verify(stored or _NOBODY, _normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _HASHER.check_needs_rehash(stored)


def weakness(password: str, email: str) -> str | None:
    """Why the password is too easily guessed; None when it is not."""
    text = _normal(password).lower()
    letters = re.sub(r"[^a-z]", "", text)
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", text)
    leet = re.sub(r"[^a-z]", "", core.translate(_LEET))
    if text in _COMMON or {letters, leet, _unrepeated(leet)} & _COMMON_WORDS:
        return "This is a common password."
    if len(set(text)) < 5 or _unrepeated(text) != text or _is_run(text):
        return "This repeats itself or follows the keyboard."
    local, _, domain = email.partition("@")
    if text in (email, local) or (len(local) > 3 and text.strip("0123456789!.") == local):
        return "This is your address."
    return "This is your address." if domain and text == domain else None


def _is_run(text: str) -> bool:
    return any(text in row or text in row[::-1] for row in _ROWS)


def _unrepeated(text: str) -> str:
    match = re.fullmatch(r"(.{1,6}?)\1+", text)
    return match[1] if match else text


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


class _slot:  # noqa: N801 - used as a function
    def __enter__(self) -> None:
        if not _SLOTS.acquire(timeout=_WAIT_SECONDS):
            raise Unavailable("Too many people are signing in just now.", 2)

    def __exit__(self, *_: object) -> None:
        _SLOTS.release()
