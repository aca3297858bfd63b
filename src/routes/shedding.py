"""Refusing at once what would only wait: outermost, before anything is read or asked."""

import random
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from src import observability
from src.errors import Unavailable
from src.routes.errors import STATUSES, members
from src.routes.finishing import EXPOSED, HOW_WE_FARE
from src.utils import deadline
from src.utils.load import Load
from src.utils.shared_counters import SharedCounters

# Unlike the words of any other refusal.
TOO_MUCH = "More is asked than can be answered just now."
_STATUS, _CODE, _TITLE = STATUSES[Unavailable]


class Shedding:
    """The WSGI application that answers 503 while the queue before it is too long."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        load: Load,
        counters: SharedCounters,
        origins: tuple[str, ...] = (),
    ) -> None:
        self._application, self._load, self._counters = application, load, counters
        self._origins = origins

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if self._load.must_shed() and environ["PATH_INFO"] not in HOW_WE_FARE:
            return self._refuse(environ, start_response)
        waited = self._load.waited_seconds(environ.get("gunicorn.socket"))
        started = time.monotonic()
        try:
            with deadline.of_request(waited):
                return self._application(environ, start_response)
        finally:
            self._load.took(time.monotonic() - started)

    def _refuse(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Counted, not logged: a line for each would be more work than the refusal."""
        self._counters.add(("shed",))
        trace = observability.new_trace(environ.get("HTTP_X_REQUEST_ID"))
        path = environ["PATH_INFO"]
        body = orjson.dumps(members(_STATUS, (_CODE, _TITLE), TOO_MUCH, path, trace.request_id))
        headers = [
            ("Content-Type", "application/problem+json"), ("Content-Length", str(len(body))),
            ("X-Request-ID", trace.request_id), ("Server-Timing", trace.header()),
            ("X-Content-Type-Options", "nosniff"),
            # Spread, so that those refused do not come back together.
            ("Retry-After", str(random.randint(1, 5))),  # noqa: S311
        ]  # fmt: skip
        headers += self._sharing(environ.get("HTTP_ORIGIN"))
        start_response("503 Service Unavailable", headers)
        return [body]

    def _sharing(self, origin: str | None) -> list[tuple[str, str]]:
        """That a page of this origin may read it, as flask-cors says of every other answer."""
        if not self._origins:
            return []
        shared = [("Vary", "Origin")]
        if origin in self._origins:
            shared += [
                ("Access-Control-Allow-Origin", origin),
                ("Access-Control-Expose-Headers", ", ".join(EXPOSED)),
            ]
        return shared
