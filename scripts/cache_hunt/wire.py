"""Asking an instance over HTTP, cheaply enough that the client is not what is measured."""

import http.client
import time
from dataclasses import dataclass
from typing import Any

import orjson

PATIENCE_SECONDS = 45
# The status of a request that nobody answered.
NO_ANSWER = 599


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `cache` and `retry_after` are its headers, or empty. Times are seconds."""

    status: int
    cache: str
    body: bytes
    seconds: float
    retry_after: str = ""

    @property
    def page(self) -> Any:
        """The JSON of a 200, else None."""
        return orjson.loads(self.body) if self.status == 200 else None


def ask(
    port: int, method: str, path: str, token: str | None = None, content: object = None,
    *, source: str = "",
) -> Reply:  # fmt: skip
    """One request to the API on loopback, from an address of it; each has its own connection."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    data = None
    if content is not None:
        headers["Content-Type"], data = "application/json", orjson.dumps(content)
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=PATIENCE_SECONDS, source_address=(source, 0)
    )
    started = time.perf_counter()
    try:
        connection.request(method, f"/api/v1{path}", data, headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return Reply(NO_ANSWER, "", repr(error).encode(), time.perf_counter() - started)
    finally:
        connection.close()
    seconds = time.perf_counter() - started
    cache, retry_after = (answer.headers.get(name, "") for name in ("X-Cache", "Retry-After"))
    return Reply(answer.status, cache, body, seconds, retry_after)
