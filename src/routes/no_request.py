"""What is no request of HTTP, or has too long a head: refused by the server in the API's words."""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

import orjson
from gunicorn import util
from gunicorn.workers.sync import SyncWorker

from src import observability
from src.routes.errors import members, named

_DETAIL = "This is no request that the server reads."


class ProblemWorker(SyncWorker):  # type: ignore[misc]
    """Gunicorn's own worker; what it would refuse in HTML it refuses as a problem."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Judged and logged by Gunicorn; its words go no further."""
        said = _Said()
        super().handle_error(req, said, addr, exc)
        if said.data:
            # As Gunicorn does: whoever does not read is not waited for.
            with suppress(OSError):
                util.write_nonblock(client, problem(int(said.data.split(b" ", 2)[1])))


class _Said:
    """Stands for the caller while Gunicorn speaks."""

    data = b""

    def gettimeout(self) -> float:
        return 0.0

    def sendall(self, data: bytes) -> None:
        self.data += data


def problem(status: int) -> bytes:
    """The whole answer; which path was meant nobody knows."""
    phrase = HTTPStatus(status).phrase
    trace = observability.new_trace(None)
    body = orjson.dumps(members(status, named(status, phrase), _DETAIL, "/", trace.request_id))
    head = (
        f"HTTP/1.1 {status} {phrase}\r\nConnection: close\r\n"
        "Content-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n"
        f"X-Request-ID: {trace.request_id}\r\nServer-Timing: {trace.header()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
