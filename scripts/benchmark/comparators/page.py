"""The uncached page of jobs as FastAPI and asyncpg serve it: the same statements, rows and bytes.

Served by uvicorn as `scripts.benchmark.comparators.page:app`. BENCHMARK_PAGE names a JSON file
with the product's own statements in asyncpg's spelling, the count and then the rows, each with the
names and values of its arguments. Rows become cards by the product's own function: what is
compared is the way from the request to the rows and from the cards to the answer.
"""

import functools
import hashlib
import json
import math
import os
import time
import uuid
from collections import namedtuple
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import orjson
from fastapi import FastAPI, Query, Request, Response
from itsdangerous import URLSafeSerializer

from src.schemas.job_card import card

_count, _rows = json.loads(Path(os.environ["BENCHMARK_PAGE"]).read_text())
_cursors = URLSafeSerializer(os.environ["SECRET_KEY"], salt="cursor")
_FIXED = {
    "Content-Type": "application/json",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "public, no-cache",
    "Vary": "Accept-Encoding",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


async def _keep(_: Any) -> None:
    """asyncpg would send four statements to clean a connection that nobody has changed."""


@asynccontextmanager
async def _pool(app: FastAPI) -> AsyncIterator[None]:
    size = int(os.environ["BENCHMARK_POOL"])
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=size, max_size=size,
        server_settings={"jit": "off"}, reset=_keep,
    ) as app.state.pool:  # fmt: skip
        yield


async def list_jobs(
    request: Request,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """The page, by number."""
    started, at = time.perf_counter(), datetime.now(UTC)
    cut = {"limit": page_size + 1, "offset": (page - 1) * page_size}
    async with request.app.state.pool.acquire() as connection:
        total = await connection.fetchval(_count["sql"], *_values(_count, cut))
        records = await connection.fetch(_rows["sql"], *_values(_rows, cut))
    database_ms = (time.perf_counter() - started) * 1000
    rows = _named(records)
    has_next = len(rows) > page_size
    cursor = _cursor(request.url.path, page, at, rows[page_size - 1]) if has_next else None
    content = _envelope(rows[:page_size], total, page, page_size, has_next)
    headers = {
        **_FIXED,
        "Link": _links(request.url.path, page, math.ceil(total / page_size), has_next),
        # The cursor holds the moment: it would make every answer another.
        "ETag": f'"0-{hashlib.blake2b(content, digest_size=8).hexdigest()}"',
        "X-Request-ID": request.headers.get("x-request-id") or uuid.uuid4().hex,
        "Server-Timing": _timing(started, database_ms),
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content[:-1] + b',"next_cursor":%b}' % orjson.dumps(cursor), headers=headers)


def _values(statement: dict[str, Any], cut: dict[str, int]) -> list[Any]:
    """In the order of the statement, which may have a part of the cut written into it."""
    return [cut.get(name, value) for name, value in statement["arguments"].items()]


def _timing(started: float, database_ms: float) -> str:
    app_ms = (time.perf_counter() - started) * 1000
    return f'app;dur={app_ms:.1f}, db;dur={database_ms:.1f};desc="2 statements"'


def _named(records: list[Any]) -> list[Any]:
    """Rows with attributes, as cards want them."""
    if not records:
        return []
    make = _row_of(tuple(records[0].keys()))._make
    return [make(record.values()) for record in records]


@functools.cache
def _row_of(names: tuple[str, ...]) -> Any:
    return namedtuple("row", names)


def _envelope(shown: list[Any], total: int, page: int, page_size: int, has_next: bool) -> bytes:
    content = {
        "items": [card(row) for row in shown],
        "total": min(total, 10_000),
        "total_relation": "eq" if total <= 10_000 else "gte",
        "page": page,
        "page_size": page_size,
        "total_pages": math.ceil(total / page_size),
        "has_next": has_next,
        "has_prev": page > 1,
    }
    return orjson.dumps(content, default=_number, option=orjson.OPT_UTC_Z)


def _number(value: Any) -> Any:
    number = float(value)
    return int(number) if number.is_integer() else number


def _cursor(path: str, page: int, at: datetime, last: Any) -> str:
    mark = hashlib.blake2b(orjson.dumps([path, []]), digest_size=6).hexdigest()
    key = [{"at": last.published_at.isoformat()}, last.id]
    return _cursors.dumps([mark, page + 1, at.isoformat(), key])


def _links(path: str, page: int, last: int, has_next: bool) -> str:
    pages = {"first": 1, "prev": page - 1, "next": page + 1 if has_next else 0, "last": last}
    return ", ".join(
        f'<{path}?page={number}>; rel="{relation}"' for relation, number in pages.items() if number
    )


app = FastAPI(openapi_url=None, lifespan=_pool)
app.add_api_route("/api/v1/jobs", list_jobs, response_model=None)
