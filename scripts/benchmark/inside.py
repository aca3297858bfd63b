"""The product over a database at volume, called as its clients call it, here or over HTTP."""

import contextlib
import http.client
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from scripts.benchmark import volume
from scripts.benchmark.bench import Bench
from scripts.benchmark.result import CannotMeasure
from src.database import db, unit_of_work
from src.models import Session
from src.utils import clock, tokens

# The employer of the most applications, with an owner who may do everything there.
_SHOWCASE = text("""
SELECT m.company_id, m.user_id FROM memberships m
WHERE m.role = 'owner' AND m.company_id = (
  SELECT company_id FROM application_counts GROUP BY 1 ORDER BY sum(applications) DESC LIMIT 1)
LIMIT 1
""")
WAIT_SECONDS = 60.0
# Status, Server-Timing and body of an answer.
Sent = tuple[int, str, bytes]
Headers = Mapping[str, str]
_STATEMENTS = re.compile(r'desc="(\d+) statement')


@dataclass(frozen=True, slots=True)
class Called:
    """An answer, how long it took without a network, and how many statements."""

    ms: float
    statements: int
    content: Any


@dataclass(frozen=True, slots=True)
class Inside:
    """The application, one of its employers, and the settings that reach its database."""

    app: Flask
    settings: Mapping[str, str]
    company_id: int
    headers: Mapping[str, str]
    # Where the same application is served; without one it is called in this process.
    port: int | None = None

    def call(self, verb: str, path: str, content: object = None) -> Called:
        """One request of the employer's.

        Raises CannotMeasure when it is refused.
        """
        send = self._in_process if self.port is None else self._over_http
        body = None if content is None else json.dumps(content)
        headers = {**self.headers, "Content-Type": "application/json"} if body else self.headers
        started = time.perf_counter()
        status, timing, answer = send(verb, f"/api/v1/{path}", body, headers)
        ms = (time.perf_counter() - started) * 1000
        counted = _STATEMENTS.search(timing)
        if status >= 300:
            raise CannotMeasure(f"{verb} {path}: {status} {answer[:200].decode()}")
        return Called(ms, int(counted[1]) if counted else 0, json.loads(answer))

    def _in_process(self, verb: str, path: str, body: str | None, headers: Headers) -> Sent:
        answer = self.app.test_client().open(path, method=verb, headers=dict(headers), data=body)
        return answer.status_code, answer.headers.get("Server-Timing", ""), answer.data

    def _over_http(self, verb: str, path: str, body: str | None, headers: Headers) -> Sent:
        """On a connection of its own, as the workers close each."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        with contextlib.closing(connection):
            connection.request(verb, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.getheader("Server-Timing", ""), answer.read()


def open_inside(bench: Bench, asked: volume.Asked, *, is_copied: bool = False) -> Inside:
    """The product over such a database, or over a copy of it that may be written to."""
    settings = volume.open_database(bench, asked, is_copied=is_copied)
    app = volume.application(settings)
    with app.app_context():
        company_id, user_id = db.session.execute(_SHOWCASE).one()
        token = tokens.session_token()
        ends_at = clock.now() + timedelta(hours=12)
        with unit_of_work() as work:
            work.session.add(
                Session(user_id=user_id, token_hash=tokens.digest(token), expires_at=ends_at)
            )
    return Inside(app, settings, company_id, {"Authorization": f"Bearer {token}"})
