"""The decorators a route is written with; OpenAPI is read off what they leave on the view."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request
from marshmallow import Schema

from src.routes.request_data import BODY_BYTES, body_as, query_as, refuse_body, refuse_query
from src.schemas.base import Shape
from src.utils import deadline
from src.utils.bulkhead import Bulkheads

View = Callable[..., Any]
_VERSIONS = re.compile(r'"(\d{1,9})-[^"]*"', re.ASCII)
# Reading a thousand texts takes longer than a request may; these have places of their own.
_LONG = frozenset({"bulk", "export"})


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
                refuse_query()
            takes_none = contract.body is None and "form" not in extra
            if takes_none and request.method in ("POST", "PUT", "DELETE"):
                refuse_body()
            return view(**arguments)

        return strict

    return decorate


def body(shape: type[Schema], limit_bytes: int = BODY_BYTES) -> Callable[[View], View]:
    """Give the view its `body`, read and validated."""
    schema = shape()

    def decorate(view: View) -> View:
        contract_of(view).body = shape

        @functools.wraps(view)
        def loaded(**arguments: Any) -> Any:
            return view(body=body_as(schema, limit_bytes), **arguments)

        return loaded

    return decorate


def query(shape: type[Shape]) -> Callable[[View], View]:
    """Give the view its `query`, read and validated."""
    schema = shape()

    def decorate(view: View) -> View:
        contract_of(view).query = shape

        @functools.wraps(view)
        def loaded(**arguments: Any) -> Any:
            return view(query=query_as(schema), **arguments)

        return loaded

    return decorate


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
