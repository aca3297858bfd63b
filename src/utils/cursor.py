"""Signed page cursors: a place in an order, and the moment its first page was seen."""

import functools
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def sign(payload: list[Any]) -> str:
    """The payload as an opaque text; JSON values only."""
    return _serializer().dumps(payload)


def read(text: str) -> list[Any]:
    """The payload of a cursor that we signed.

    Raises ValueError on any other text.
    """
    try:
        payload = _serializer().loads(text)
    except BadData as error:
        raise ValueError("not a cursor of ours") from error
    if not isinstance(payload, list):
        raise ValueError("not a cursor of ours")
    return payload


def _serializer() -> URLSafeSerializer:
    return _serializer_of(current_app.secret_key or "")


@functools.cache
def _serializer_of(secret: str | bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="cursor")
