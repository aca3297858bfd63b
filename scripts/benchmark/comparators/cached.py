"""The cached page of jobs as FastAPI serves it: one MGET, the tokens compared, the bytes sent.

Served by uvicorn as `scripts.benchmark.comparators.cached:app`; REDIS_URL is the product's own
server. `v:benchmark` holds the tokens of the answer's tags as they were when it was stored, its
headers as JSON, a newline and its body; `t:benchmark-N` the present token of each tag. With
BENCHMARK_KEEPS=1 the process keeps what it fetched once, and asks for the tokens alone.
"""

import os
import time
import uuid
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from redis.asyncio import Redis

TAGS = 6
TOKEN_BYTES = 16
ENTRY = "v:benchmark"
TOKENS = tuple(f"t:benchmark-{number}" for number in range(TAGS))

_redis = Redis.from_url(os.environ["REDIS_URL"])
_keeps = os.environ.get("BENCHMARK_KEEPS") == "1"
_kept: dict[str, bytes] = {}


async def _fresh_entry() -> bytes | None:
    """The stored answer, if the present tokens are those that it was stored with."""
    kept = _kept.get(ENTRY)
    # Lists of bytes or None: the client does not decode.
    found: list[Any] = await _redis.mget(TOKENS if kept else [ENTRY, *TOKENS])
    entry, *tokens = [kept, *found] if kept else found
    if entry is None or None in tokens or not entry.startswith(b"".join(tokens)):
        return None
    if _keeps:
        _kept[ENTRY] = entry
    return bytes(entry)


async def list_jobs(request: Request) -> Response:
    """The stored answer with the headers of this request; 503 unless all tokens are equal."""
    started = time.perf_counter()
    entry = await _fresh_entry()
    fetched = time.perf_counter()
    if entry is None:
        return Response(status_code=503)
    stored, _, body = entry[TAGS * TOKEN_BYTES :].partition(b"\n")
    headers = orjson.loads(stored)
    headers["X-Cache"] = "hit"
    headers["X-Request-ID"] = request.headers.get("x-request-id") or uuid.uuid4().hex
    app_ms, cache_ms = (time.perf_counter() - started) * 1000, (fetched - started) * 1000
    headers["Server-Timing"] = f"app;dur={app_ms:.1f}, cache;dur={cache_ms:.1f}"
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers)


app = FastAPI(openapi_url=None)
app.add_api_route("/api/v1/jobs", list_jobs, response_model=None)
