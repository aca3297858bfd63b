"""One request on a connection of its own, and the kinds in which it can fail."""

import http.client
import json
from collections.abc import Mapping
from typing import Any

TIMEOUT_SECONDS = 30.0
KINDS = ("refused", "reset", "timeout", "5xx", "wrong status", "wrong body")


class Failure(Exception):
    """A request that was not answered as it must be; `kind` is one of KINDS."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind


def ask(
    port: int,
    method: str,
    path: str,
    *,
    token: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> Any:
    """The body of a good answer, read as JSON; None when it is empty. Raises Failure."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    sent = None if body is None else json.dumps(body)
    status, content = _exchange(port, method, path, sent, headers)
    if status >= 500:
        raise Failure("5xx", f"{status} {content[:200]!r}")
    if not 200 <= status < 300:
        raise Failure("wrong status", f"{status} {content[:200]!r}")
    try:
        return json.loads(content) if content else None
    except ValueError:
        raise Failure("wrong body", repr(content[:200])) from None


def _exchange(
    port: int, method: str, path: str, body: str | None, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except ConnectionRefusedError:
        raise Failure("refused") from None
    except TimeoutError:
        raise Failure("timeout") from None
    except (ConnectionError, http.client.HTTPException) as error:
        raise Failure("reset", type(error).__name__) from None
    finally:
        connection.close()
