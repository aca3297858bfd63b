"""What a route answers with: JSON, its ETag and its headers."""

import hashlib
from typing import Any

import orjson
from flask import Response


def answer(
    content: Any,
    status: int = 200,
    *,
    version: int | None = None,
    location: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The content as JSON; with a version also its ETag."""
    data = b"" if status == 204 else encode(content)
    response = Response(data, status, mimetype="application/json")
    response.headers.update(headers or {})
    if location:
        response.headers["Location"] = location
    if version is not None:
        tag_with(response, str(version))
    return response


def tag_with(response: Response, version: str, content: bytes | None = None) -> None:
    """Set the ETag from the version and the content; the application answers 304 by it."""
    digest = hashlib.blake2b(content or response.get_data(), digest_size=8).hexdigest()
    response.set_etag(f"{version}-{digest}")


def encode(content: Any) -> bytes:
    """The content as every answer writes JSON."""
    return orjson.dumps(content, default=_money, option=orjson.OPT_UTC_Z)


def _money(value: Any) -> Any:
    """Money: a number, whole where it is."""
    number = float(value)
    return int(number) if number.is_integer() else number
