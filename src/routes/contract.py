"""The decorators a route is written with; OpenAPI is read off what they leave on the view."""

import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Response, current_app, request
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
from src.utils import deadline
from src.utils.bulkhead import Bulkheads

View = Callable[..., Any]
Pairs = tuple[tuple[str, str], ...]
BODY_BYTES = 256 * 1024
MARKETING = re.compile(r"utm_.*|gclid|fbclid|ref")
_VERSIONS = re.compile(r'"(\d{1,9})-[^"]*"', re.ASCII)
_MOST_ERRORS = 20


class Query(dict[str, Any]):
    """Validated query parameters; `pairs` are those that say something, in their one spelling."""

    pairs: Pairs = ()


@dataclass
class Contract:
    """What a view promises, beside its policy."""

    status: int = 200
    answer: type[Schema] | None = None
    fails: tuple[int, ...] = ()
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    idempotent: bool = False
    if_match: bool = False
    # The name of the cached read that its answers are kept under.
    cached: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def contract_of(view: View) -> Contract:
    """The contract of a view, made on first asking."""
    contract: Contract | None = view.__dict__.get("contract")
    if contract is None:
        contract = view.__dict__["contract"] = Contract()
    return contract


def answers(
    status: int, shape: type[Schema] | None = None, fails: tuple[int, ...] = (), **extra: Any
) -> Callable[[View], View]:
    """Document the answer: its status and shape, and the failures beyond the usual ones.

    `extra` has `also` (a second status of the same shape), `many` (a plain array of the shape),
    `media` (of an answer that is not plain JSON), `any_query` (parameters nobody reads are let
    through), `form` (the field and word that others send as a form; it is not read).
    """

    def decorate(view: View) -> View:
        contract = contract_of(view)
        contract.status, contract.answer, contract.fails = status, shape, fails
        contract.extra = extra

        @functools.wraps(view)
        def strict(**arguments: Any) -> Any:
            if contract.query is None and not extra.get("any_query"):
                _refuse_query()
            takes_none = contract.body is None and "form" not in extra
            if takes_none and request.method in ("POST", "PUT", "DELETE"):
                _refuse_body()
            return view(**arguments)

        return strict

    return decorate


def _refuse_query() -> None:
    """A route without a query schema takes no parameter: a misspelt one must not pass."""
    unknown = [name for name in request.args if not MARKETING.fullmatch(name)]
    if unknown:
        raise Invalid({name: ["Unknown field."] for name in unknown[:_MOST_ERRORS]})


def _refuse_body() -> None:
    """A route without a body schema takes no field; an empty object is let through."""
    if request.content_length or "Transfer-Encoding" in request.headers:
        unknown = read_json(BODY_BYTES)
        if unknown:
            raise Invalid({name: ["Unknown field."] for name in list(unknown)[:_MOST_ERRORS]})


def body(shape: type[Schema], limit_bytes: int = BODY_BYTES) -> Callable[[View], View]:
    """Give the view its `body`, read and validated."""
    schema = shape()

    def decorate(view: View) -> View:
        contract_of(view).body = shape

        @functools.wraps(view)
        def loaded(**arguments: Any) -> Any:
            return view(body=load(schema, read_json(limit_bytes)), **arguments)

        return loaded

    return decorate


def query(shape: type[Shape]) -> Callable[[View], View]:
    """Give the view its `query`, read and validated."""
    schema = shape()

    def decorate(view: View) -> View:
        contract_of(view).query = shape

        @functools.wraps(view)
        def loaded(**arguments: Any) -> Any:
            found = Query(load(schema, read_query(schema)))
            found.pairs = tuple((name, spell(value)) for name, value in schema.said(found))
            return view(query=found, **arguments)

        return loaded

    return decorate


# Reading a thousand texts takes longer than a request may; these have places of their own.
_LONG = frozenset({"bulk", "export"})


def costly(kind: str) -> Callable[[View], View]:
    """Let only some of the workers do this at once, whoever asks: 503 when all places are taken."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def in_place(**arguments: Any) -> Any:
            bulkheads: Bulkheads = current_app.extensions["bulkheads"]
            with bulkheads.place(kind):
                if kind in _LONG:
                    deadline.prolong()
                return view(**arguments)

        return in_place

    return decorate


def if_match(view: View) -> View:
    """Give the view the versions that If-Match `expected`, or None."""
    contract_of(view).if_match = True

    @functools.wraps(view)
    def matched(**arguments: Any) -> Any:
        header = request.headers.get("If-Match", "*").strip()
        # A tag that is none of ours matches no version.
        named = None if header == "*" else frozenset(map(int, _VERSIONS.findall(header)))
        return view(expected=named, **arguments)

    return matched


def read_json(limit_bytes: int) -> dict[str, Any]:
    """The body as an object.

    Raises UnsupportedMedia, LengthRequired, TooLarge or Malformed.
    """
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


def read_query(schema: Schema) -> dict[str, Any]:
    """The query parameters, each once unless its field takes many; marketing marks dropped.

    Raises Invalid on a repeated one.
    """
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


def load(schema: Schema, data: dict[str, Any]) -> dict[str, Any]:
    """The data as the schema reads it.

    Raises Invalid with at most 20 fields.
    """
    try:
        return schema.load(data)  # type: ignore[no-any-return]
    except ValidationError as error:
        errors = flatten(error.messages)
        raise Invalid(dict(list(errors.items())[:_MOST_ERRORS])) from error


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


def whole_id(raw: int) -> int:
    """An id from a path.

    Raises NotFound when no row can have it.
    """
    if not 0 < raw < 2**63:
        raise NotFound()
    return raw
