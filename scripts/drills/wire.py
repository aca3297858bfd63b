"""One request, and the kinds in which it can fail."""

import contextlib
import http.client
import json
from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any

TIMEOUT_SECONDS = 30.0
KINDS = ("refused", "reset", "timeout", "5xx", "wrong status", "wrong body")


class Failure(Exception):
    """A request that was not answered as it must be; `kind` is one of KINDS."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind, self.detail = kind, detail


def ask(
    port: int,
    method: str,
    path: str,
    *,
    token: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> Any:
    """The body of a good answer, read as JSON; None when it is empty. Raises Failure.

    On a connection of its own.
    """
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    sent = None if body is None else json.dumps(body)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    with contextlib.closing(connection):
        content = good(*exchange(connection, method, path, sent, headers))
    try:
        return json.loads(content) if content else None
    except ValueError:
        raise Failure("wrong body", repr(content[:200])) from None


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, bytes]:
    """Status and body of an answer. Raises Failure, and closes the connection then."""
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise _failure(error) from None


def good(status: int, content: bytes, expected: Container[int] = range(200, 300)) -> bytes:
    """The body of an answer that went well. Raises Failure."""
    if status >= 500:
        raise Failure("5xx", f"{status} {content[:200]!r}")
    if status not in expected:
        raise Failure("wrong status", f"{status} {content[:200]!r}")
    return content


def _failure(error: Exception) -> Failure:
    match error:
        case ConnectionRefusedError():
            return Failure("refused")
        case TimeoutError():
            return Failure("timeout")
    return Failure("reset", type(error).__name__)
