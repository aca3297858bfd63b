"""The tokens of the cache's tags: random, and signed, so that nothing else passes for one."""

import hashlib
import secrets
from base64 import urlsafe_b64encode

# 96 random bits and a signature of 48, as text.
_RANDOM_CHARS, _SEAL_BYTES = 16, 6
TOKEN_BYTES = _RANDOM_CHARS + 8


class Mint:
    """Makes tokens, and knows its own.

    A value that somebody else wrote, or moved from another tag, could come back after a bump, and
    with it what was stored under it: it must not become a token.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.blake2b(secret, digest_size=32, person=b"cache tokens").digest()

    def token(self, name: str) -> bytes:
        """One of the tag that is kept under this name, never given before."""
        return self._sealed(name, urlsafe_b64encode(secrets.token_bytes(12)))

    def is_own(self, name: str, token: bytes) -> bool:
        """Whether it was made here for this name."""
        return secrets.compare_digest(token, self._sealed(name, token[:_RANDOM_CHARS]))

    def _sealed(self, name: str, random: bytes) -> bytes:
        seal = hashlib.blake2b(random + name.encode(), digest_size=_SEAL_BYTES, key=self._secret)
        return random + urlsafe_b64encode(seal.digest())


def token_key(tag: str) -> str:
    """Where the token of a tag is."""
    return f"t:{tag}"
