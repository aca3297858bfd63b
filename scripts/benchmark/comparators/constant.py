"""The least that a WSGI application can do: one answer, known beforehand, without a framework.

Served by Gunicorn as `scripts.benchmark.comparators.constant:app`; BENCHMARK_ANSWER names a JSON
file with the `headers` (pairs) and the `body` (text) of an answer of the service.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

_ANSWER = json.loads(Path(os.environ["BENCHMARK_ANSWER"]).read_text())
_HEADERS = [(name, value) for name, value in _ANSWER["headers"]]
_BODY = [_ANSWER["body"].encode()]


def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The same bytes for every request."""
    start_response("200 OK", _HEADERS)
    return _BODY
