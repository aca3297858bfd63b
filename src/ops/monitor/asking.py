"""Asks the service over HTTP, as its callers do, whether it answers."""

import http
import http.client
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psutil

# Above what a request waits in a queue that is not refused yet.
DEADLINE_SECONDS = 5.0
# Of who listens everywhere, the address to ask at.
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
_SERVING = ("gunicorn", "web worker")

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer was had: after how many seconds, or why there was none."""

    address: str
    seconds: float
    error: str | None


def place(port: int | None, processes: Iterable[dict[str, Any]]) -> Place | None:
    """Where to ask: at the run file's port, else where a serving process of the table listens.

    None where that is not to be seen: behind a socket file, or as another user.
    """
    if port:
        return "127.0.0.1", port
    serving = (row["pid"] for row in processes if row["kind"] in _SERVING)
    return next((found for pid in serving for found in _listening(pid)), None)


def _listening(pid: int) -> list[Place]:
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return []
    return sorted(
        (_HERE.get(one.laddr.ip, one.laddr.ip), one.laddr.port)
        for one in connections
        if one.status == psutil.CONN_LISTEN
    )


def ask(where: Place, deadline_seconds: float = DEADLINE_SECONDS) -> Answer:
    """Whether /health answers there within the deadline. Below 500 any status will do: a host that
    is not trusted is refused by a service that lives.
    """
    started = time.monotonic()
    error = _error(where, deadline_seconds)
    seconds = round(time.monotonic() - started, 4)
    return Answer(f"{where[0]}:{where[1]}", seconds, error)


def _error(where: Place, deadline_seconds: float) -> str | None:
    deadline = time.monotonic() + deadline_seconds
    connection = http.client.HTTPConnection(*where, timeout=deadline_seconds)
    try:
        connection.connect()
        # What is left: each wait would have the whole deadline otherwise.
        connection.sock.settimeout(max(0.01, deadline - time.monotonic()))
        connection.request("GET", "/health", headers={"Connection": "close"})
        status = connection.getresponse().status
    except TimeoutError:
        return f"no answer within {deadline_seconds:g} s"
    except OSError as error:
        return error.strerror or type(error).__name__
    except http.client.HTTPException as error:
        return type(error).__name__
    finally:
        connection.close()
    return f"status {status}" if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR else None
