"""The list envelope, its cursors and its Link header."""

import hashlib
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request
from werkzeug.urls import iri_to_uri

from src.errors import Invalid
from src.queries.paging import Page, PageRequest
from src.routes.request_data import Pairs, Query
from src.routes.responses import encode, tag_with
from src.schemas.page import REACH
from src.utils import clock, signed

_PLACE = ("page", "cursor")
_CURSOR = "cursor"


def page_request(query: Query, tie: str = "") -> PageRequest:
    """The page that a validated query asks for; `tie` names what else makes the list.

    Raises Invalid on a cursor that is not of this very list.
    """
    pairs = tuple((name, value) for name, value in query.pairs if name not in _PLACE)
    size = query["page_size"]
    if not query["cursor"]:
        return PageRequest(query["page"], size, clock.now(), pairs=pairs, tie=tie)
    try:
        mark, number, at, key = signed.read(_CURSOR, query["cursor"])
        if mark != _mark(pairs, tie):
            raise ValueError("a cursor of another list")
        moment = datetime.fromisoformat(at)
        after = tuple(_moment_or_value(value) for value in key)
    except (ValueError, TypeError) as error:
        raise Invalid({"cursor": ["Not a cursor of this list."]}) from error
    return PageRequest(number, size, moment, after, pairs, tie)


def page_answer(
    page: Page, asked: PageRequest, shape: Callable[[Any], dict[str, Any]], **extra: Any
) -> Response:
    """The envelope around the shaped rows, with Link header and ETag; `extra` joins the body."""
    reachable = page.total if page.reach is None else min(page.total, page.reach)
    next_cursor = None
    if page.next_key is not None:
        key = [_plain(value) for value in page.next_key]
        next_cursor = signed.sign(
            _CURSOR, [_mark(asked.pairs, asked.tie), asked.number + 1, asked.at.isoformat(), key]
        )
    total_pages = math.ceil(reachable / asked.size)
    content = {
        "items": [shape(row) for row in page.rows],
        "total": page.total,
        "total_relation": page.total_relation,
        "page": asked.number,
        "page_size": asked.size,
        "total_pages": total_pages,
        "has_next": page.next_key is not None,
        "has_prev": asked.number > 1,
        **extra,
    }
    # The cursor holds the moment: in the ETag it would make every answer another.
    lasting = encode(content)
    whole = b'%b,"next_cursor":%b}' % (lasting[:-1], orjson.dumps(next_cursor))
    response = Response(whole, mimetype="application/json")
    response.headers["Link"] = _links(asked, total_pages, next_cursor, page.next_key is not None)
    tag_with(response, "0", lasting)
    return response


def _links(asked: PageRequest, last: int, next_cursor: str | None, has_next: bool) -> str:
    path = iri_to_uri(_path())

    def link(relation: str, **change: Any) -> str:
        pairs = [*asked.pairs, *((name, str(value)) for name, value in change.items())]
        return f'<{path}?{urlencode(pairs)}>; rel="{relation}"'

    links = [link("first", page=1)]
    if asked.number > 1 and asked.after is None:
        links.append(link("prev", page=asked.number - 1))
    if has_next:
        by_page = (asked.number + 1) * asked.size <= REACH and asked.after is None
        links.append(
            link("next", page=asked.number + 1) if by_page else link("next", cursor=next_cursor)
        )
    if 0 < last * asked.size <= REACH:
        links.append(link("last", page=last))
    return ", ".join(links)


def _mark(pairs: Pairs, tie: str) -> str:
    """What ties a cursor to its list: the path and every parameter that does not page."""
    filters = [pair for pair in pairs if pair[0] != "page_size"]
    said = orjson.dumps([_path(), filters, tie])
    return hashlib.blake2b(said, digest_size=6).hexdigest()


def _path() -> str:
    """The path in its one spelling: a list and its answers are kept for both."""
    return request.path.rstrip("/")


def _plain(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _moment_or_value(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
