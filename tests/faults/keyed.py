"""A request that may be repeated, sent to a served instance."""

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Keyed:
    """A POST with an Idempotency-Key."""

    path: str
    token: str
    content: dict[str, Any]
    key: str

    def sent(self, port: int) -> tuple[int, bool, Any]:
        """Status, whether it is a replay, and body, once nobody is to come again.

        Raises ConnectionError when who serves it dies.
        """
        while True:
            answer, body = self._sent(port)
            # The database takes a moment to see that the one before has died.
            if "Retry-After" not in answer.headers:
                return answer.status, "Idempotency-Replayed" in answer.headers, json.loads(body)

    def _sent(self, port: int) -> tuple[http.client.HTTPResponse, bytes]:
        headers = {
            "Authorization": f"Bearer {self.token}", "Idempotency-Key": self.key,
            "Content-Type": "application/json",
        }  # fmt: skip
        path, content = f"/api/v1{self.path}", json.dumps(self.content)
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("POST", path, content, headers)
            answer = connection.getresponse()
            return answer, answer.read()
