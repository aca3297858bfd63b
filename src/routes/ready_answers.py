"""Public answers kept ready in the process, given before Flask is asked.

A raw path and query is known only once Flask has validated it and answered it from the cache. Then
its bytes and headers are kept here, and a request in the same words is answered with them as long
as the tokens of its tags are what they were: one MGET of the tokens, whatever the answer's size.
"""

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from src import observability
from src.routes.compression import way_of
from src.utils.cache_backend import TokenCache
from src.utils.cache_mint import TOKEN_BYTES, token_key
from src.utils.cache_tokens import Answer, now
from src.utils.redis_client import CacheDown

# Where a cached view tells what it answered with.
READY = "talentsphere.ready"
MOST_ANSWERS = 4_096
MOST_BYTES = 16 * 1024 * 1024
# Said anew of every answer.
_OF_THE_REQUEST = frozenset({"x-request-id", "server-timing", "x-cache"})
# Whoever sends one of these is answered by Flask.
_NOT_HERE = ("HTTP_AUTHORIZATION", "HTTP_ORIGIN", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")

_NO_BODY = (None, "", "0")
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """What a cached view answered with: the read's name, its route, tags and tokens, the answer."""

    name: str
    route: str
    tags: tuple[str, ...]
    tokens: bytes
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Kept:
    ready: Ready
    headers: list[tuple[str, str]]
    etag: str | None
    ask_tokens: list[bytes]
    tokens: list[bytes]


def replace_body(environ: Environ, body: bytes) -> None:
    """Keep this body instead: the answer was compressed on its way out."""
    ready: Ready | None = environ.get(READY)
    if ready is not None:
        answer = dataclasses.replace(ready.answer, body=body)
        environ[READY] = dataclasses.replace(ready, answer=answer)


class ReadyAnswers:
    """The WSGI application in front of Flask."""

    def __init__(self, app: Flask, backend: TokenCache) -> None:
        self._flask = app.wsgi_app
        self._backend = backend
        self._store = backend.store
        self._counters = app.extensions["counters"]
        self._views = app.extensions["view_counter"]
        # A host that is not trusted is refused by Flask alone.
        self._by_host = bool(app.config["TRUSTED_HOSTS"])
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        words = self._words(environ)
        if words is None:
            return self._flask(environ, start_response)
        kept = self._find(words)
        if kept is not None:
            given = self._give(kept, environ, start_response)
            if given is not None:
                return given
        return self._ask_flask(words, environ, start_response)

    def _find(self, words: str) -> _Kept | None:
        with self._lock:
            if words not in self._kept:
                return None
            self._kept.move_to_end(words)
            return self._kept[words]

    def _words(self, environ: Environ) -> str | None:
        """What the request says, if it says nothing but what it wants to read."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("CONTENT_LENGTH") not in _NO_BODY:
            return None
        for name in _NOT_HERE:
            if name in environ:
                return None
        host = environ.get("HTTP_HOST", "") if self._by_host else ""
        way = way_of(environ.get("HTTP_ACCEPT_ENCODING", ""))
        # The path comes last: unquoted, it may hold anything, a question mark too.
        return f"{way} {host} {environ.get('QUERY_STRING', '')} {environ['PATH_INFO']}"

    def _give(
        self, kept: _Kept, environ: Environ, start_response: StartResponse
    ) -> list[bytes] | None:
        """The kept answer, if it is as fresh as the database."""
        seen = environ.get("HTTP_IF_NONE_MATCH")
        if seen is not None and seen != kept.etag:
            return None
        trace = observability.new_trace(environ.get("HTTP_X_REQUEST_ID"))
        if not self._is_fresh(kept):
            return None
        trace.cache = "hit"
        self._backend.count(kept.ready.name, "hit")
        if kept.ready.answer.facts.get("job_seen") is not None:
            self._views.add(kept.ready.answer.facts["job_seen"])
        status = 200 if seen is None else 304
        said = observability.finish(trace, self._counters, "GET", kept.ready.route, status)
        if seen is None:
            start_response("200 OK", [*kept.headers, *said])
            return [kept.ready.answer.body]
        unsaid = ("content-type", "content-length")
        kept_headers = [pair for pair in kept.headers if pair[0].lower() not in unsaid]
        start_response("304 NOT MODIFIED", [*kept_headers, *said])
        return []

    def _is_fresh(self, kept: _Kept) -> bool:
        if kept.ready.answer.until <= now() or not self._store.state.is_clear:
            return False
        try:
            return bool(self._store.line.send(kept.ask_tokens) == kept.tokens)
        except CacheDown:
            return False

    def _ask_flask(
        self, words: str, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        given: list[Any] = []

        def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            given[:] = [status, headers]
            return start_response(status, headers, *more)

        answered = self._flask(environ, noted)
        ready = environ.get(READY)
        if ready is not None and given and given[0].startswith("200"):
            self._keep(words, ready, given[1])
        return answered

    def _keep(self, words: str, ready: Ready, headers: list[tuple[str, str]]) -> None:
        keys = [token_key(tag) for tag in ready.tags]
        tokens = [
            ready.tokens[at : at + TOKEN_BYTES] for at in range(0, len(ready.tokens), TOKEN_BYTES)
        ]
        kept = _Kept(
            ready,
            [(name, value) for name, value in headers if name.lower() not in _OF_THE_REQUEST],
            next((value for name, value in headers if name == "ETag"), None),
            self._store.line.pack("MGET", *keys),
            tokens,
        )
        with self._lock:
            self._let_go(words)
            self._kept[words] = kept
            self._bytes += _size(words, kept)
            while len(self._kept) > MOST_ANSWERS or self._bytes > MOST_BYTES:
                self._let_go(next(iter(self._kept)))

    def _let_go(self, words: str) -> None:
        gone = self._kept.pop(words, None)
        if gone is not None:
            self._bytes -= _size(words, gone)


def _size(words: str, kept: _Kept) -> int:
    """About what it takes in memory: the text, and a kilobyte for what is around it."""
    return len(words) + len(kept.ready.answer.body) + 1024
