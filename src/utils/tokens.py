"""Secrets handed out once: 256 random bits, of which only the SHA-256 is kept."""

import hashlib
import secrets

API_KEY_PREFIX = "tsk_"
# How much of a key is kept in the clear, so that its owner can tell their keys apart.
SHOWN_CHARACTERS = 12


def session_token() -> str:
    """A token that cannot be taken for an API key."""
    token = secrets.token_urlsafe(32)
    return session_token() if token.startswith(API_KEY_PREFIX) else token


def one_time_token() -> str:
    """A token for a link in a mail."""
    return secrets.token_urlsafe(32)


def api_key() -> str:
    """A key for programs, known by its prefix."""
    return API_KEY_PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()
