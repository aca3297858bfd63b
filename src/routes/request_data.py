"""What a request brings: its body, its query and the ids in its path, read and refused."""

import re
from typing import Any

import orjson
from flask import request
from marshmallow import Schema, ValidationError

from src.errors import (
    Invalid,
    LengthRequired,
    Malformed,
    NotFound,
    TooLarge,
    UnsupportedMedia,
)
from src.schemas.base import Choices, Ids, Shape, flatten, spell

Pairs = tuple[tuple[str, str], ...]
BODY_BYTES = 256 * 1024
MARKETING = re.compile(r"utm_.*|gclid|fbclid|ref")
_MOST_ERRORS = 20


class Query(dict[str, Any]):
    """Validated query parameters; `pairs` are those that say something, in their one spelling."""

    pairs: Pairs = ()


def body_as(schema: Schema, limit_bytes: int) -> dict[str, Any]:
    """The body as the schema reads it.

    Raises UnsupportedMedia, LengthRequired, TooLarge, Malformed or Invalid.
    """
    return _load(schema, _read_json(limit_bytes))


def query_as(schema: Shape) -> Query:
    """The query as the schema reads it, marketing marks dropped.

    Raises Invalid.
    """
    found = Query(_load(schema, _read_query(schema)))
    found.pairs = tuple((name, spell(value)) for name, value in schema.said(found))
    return found


def refuse_query() -> None:
    """A route without a query schema takes no parameter: a misspelt one must not pass.

    Raises Invalid.
    """
    unknown = [name for name in request.args if not MARKETING.fullmatch(name)]
    if unknown:
        raise _unknown(unknown)


def refuse_body() -> None:
    """A route without a body schema takes no field; an empty object is let through.

    Raises what `body_as` does.
    """
    if request.content_length or "Transfer-Encoding" in request.headers:
        unknown = list(_read_json(BODY_BYTES))
        if unknown:
            raise _unknown(unknown)


def whole_id(raw: int) -> int:
    """An id from a path.

    Raises NotFound when no row can have it.
    """
    if not 0 < raw < 2**63:
        raise NotFound()
    return raw


def _unknown(names: list[str]) -> Invalid:
    return Invalid({name: ["Unknown field."] for name in names[:_MOST_ERRORS]})


def _read_json(limit_bytes: int) -> dict[str, Any]:
    """The body as an object."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMedia("A compressed body is not taken.")
    if request.mimetype != "application/json":
        raise UnsupportedMedia()
    if request.content_length is None:
        raise LengthRequired()
    if request.content_length > limit_bytes:
        raise TooLarge(f"The body may have at most {limit_bytes} bytes.")
    try:
        data = orjson.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not valid JSON.") from error
    if not isinstance(data, dict):
        raise Malformed("The body must be a JSON object.")
    return data


def _read_query(schema: Schema) -> dict[str, Any]:
    """The query parameters, each once unless its field takes many."""
    found: dict[str, Any] = {}
    for name, values in request.args.lists():
        if MARKETING.fullmatch(name):
            continue
        if isinstance(schema.fields.get(name), Choices | Ids):
            found[name] = values
        elif len(values) > 1:
            raise Invalid({name: ["Given more than once."]})
        else:
            found[name] = values[0]
    return found


def _load(schema: Schema, data: dict[str, Any]) -> dict[str, Any]:
    """The data as the schema reads it; at most 20 fields are named."""
    try:
        return schema.load(data)  # type: ignore[no-any-return]
    except ValidationError as error:
        errors = flatten(error.messages)
        raise Invalid(dict(list(errors.items())[:_MOST_ERRORS])) from error
