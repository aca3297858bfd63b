"""Texts that only this service can have written, each for one purpose; all can read them."""

import functools
import hashlib
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def sign(purpose: str, payload: Any) -> str:
    """The payload as a text for a URL; JSON values only."""
    return serializer(current_app.secret_key or "", purpose).dumps(payload)


def read(purpose: str, text: str) -> Any:
    """The payload of a text that we signed for this purpose.

    Raises ValueError on any other text.
    """
    try:
        return serializer(current_app.secret_key or "", purpose).loads(text)
    except BadData as error:
        raise ValueError("not signed by us") from error


@functools.cache
def serializer(secret: str | bytes, purpose: str) -> URLSafeSerializer:
    """HMAC with SHA-256, by a key that is the purpose's own."""
    kind = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeSerializer(secret, salt=purpose, signer_kwargs=kind)
