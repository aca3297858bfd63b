"""Our backend of Flask-Caching: answers under tokens, in Redis or Valkey, never pickled."""

import functools
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import orjson
import structlog
from flask import Flask
from flask_caching.backends.base import BaseCache

from src.utils.cache_mint import Mint, token_key
from src.utils.cache_state import SharedState
from src.utils.cache_tokens import ROOT, Answer, TokenStore, now
from src.utils.cache_turns import Turns
from src.utils.redis_client import CacheDown, CacheLine
from src.utils.shared_counters import SharedCounters

log = structlog.get_logger("cache")

# The family of what is kept by the plain get and set.
PLAIN = "plain"


class TokenCache(BaseCache):
    """`CACHE_TYPE = "src.utils.cache_backend.TokenCache"`.

    The plain methods of Flask-Caching keep JSON under the root tag alone; answers are kept by
    `store`, under the tags of what they are made of. No method raises when the server is gone.
    """

    def __init__(self, store: TokenStore, counters: SharedCounters, default_timeout: int) -> None:
        super().__init__(default_timeout=default_timeout)
        self.store, self._counters = store, counters
        # Places in the outbox that were delivered and can be removed.
        self.delivered: deque[int] = deque()
        store.line.on_change = self._note_breaker
        self._note_breaker(False)

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> Self:
        """Raises OSError when the files that the host's processes share cannot be made."""
        secret = app.config["SECRET_KEY"].encode()
        greet, forget_all = (
            functools.partial(each, Mint(secret)) for each in (_greet, _forget_all)
        )
        line = CacheLine(config["CACHE_REDIS_URL"], greet, forget_all)
        state = SharedState(Path(config["CACHE_STATE_FILE"]))
        store = TokenStore(line, state, Turns(Path(config["CACHE_TURNS_FILE"])), secret)
        return cls(store, app.extensions["counters"], config["CACHE_DEFAULT_TIMEOUT"])

    def count(self, name: str, result: str) -> None:
        """Count a look-up: hit, miss, stale, bypass or error."""
        self._counters.add(("cache", name, result))

    def deliver(self, tags: Iterable[str]) -> bool:
        """Make the answers of these tags old; False when nobody could be told, and all is doubted.

        Doubted answers are not used on this host until the drainer has delivered what is left.
        """
        try:
            self.store.bump(tags)
        except CacheDown as error:
            self.store.state.doubt()
            log.warning("bump_not_delivered", reason=str(error))
            return False
        except Exception:
            # The change is committed: what goes wrong here must not become its answer.
            self.store.state.doubt()
            log.exception("bump_not_delivered")
            return False
        return True

    def get(self, key: str) -> Any:
        try:
            found = self.store.look(_plain(key), (ROOT,)).found
        except CacheDown:
            return None
        return None if found is None else orjson.loads(found.body)

    def set(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:
        try:
            return self._set(_plain(key), orjson.dumps(value), timeout)
        except CacheDown:
            return False

    def add(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:
        return not self.has(key) and self.set(key, value, timeout)

    def has(self, key: str) -> bool:
        try:
            return self.store.look(_plain(key), (ROOT,)).found is not None
        except CacheDown:
            return False

    def delete(self, key: str) -> bool:
        try:
            return bool(self.store.line.ask("UNLINK", f"v:{_plain(key)}"))
        except CacheDown:
            return False

    def clear(self) -> bool:
        """One new token, however many keys there are."""
        return self.deliver((ROOT,))

    def _set(self, key: str, body: bytes, timeout: int | timedelta | None) -> bool:
        look = self.store.look(key, (ROOT,))
        given = self.default_timeout if timeout is None else timeout
        seconds = given.total_seconds() if isinstance(given, timedelta) else given
        # Zero means without end: a month, after which it is computed again.
        until = now() + (seconds or 30 * 86400)
        return self.store.keep(key, look.tokens, Answer(body, (), now(), until))

    def _note_breaker(self, is_open: bool) -> None:
        self._counters.put(("breaker", "open"), float(is_open))


def _plain(key: str) -> str:
    return f"{PLAIN}:{key}"


def _greet(mint: Mint, identity: str, ask: Callable[..., Any]) -> None:
    """A server run that nobody has met may be a copy that lacks bumps: nothing on it counts.

    It has been met once that is done: who dies before has done nothing that another may rely on.
    """
    if not ask("EXISTS", f"seen:{identity}"):
        _forget_all(mint, ask)
        ask("SET", f"seen:{identity}", "1")


def _forget_all(mint: Mint, ask: Callable[..., Any]) -> None:
    ask("SET", token_key(ROOT), mint.token(token_key(ROOT)))
