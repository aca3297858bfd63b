"""Backends that make races likely: the real one with pauses, and the naive one that must fail."""

import random
import time
from collections.abc import Iterable, Sequence
from typing import Any, Self

from flask import Flask

from src.utils.cache_backend import TokenCache
from src.utils.cache_tokens import Answer, Look, TokenStore, now
from src.utils.redis_client import PassedOver

# How long a fill or a bump is held up at most, every second time.
LONGEST_PAUSE_SECONDS = 0.015
# Between reading the database and storing the answer, in the naive backend.
NAIVE_PAUSE_SECONDS = 0.1


def _pause() -> None:
    if random.random() < 0.5:  # noqa: S311
        time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311


class PausingStore(TokenStore):
    """Waits between the read of the database and the SET."""

    def keep(self, key: str, tokens: bytes, answer: Answer, grace_seconds: float = 0) -> bool:
        _pause()
        return super().keep(key, tokens, answer, grace_seconds)


class PausingCache(TokenCache):
    """The real backend; it also waits between COMMIT and the bump."""

    store_class: type[TokenStore] = PausingStore

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> Self:
        made = super().factory(app, config, args, kwargs)
        secret = app.config["SECRET_KEY"].encode()
        store = made.store
        made.store = cls.store_class(store.line, store.state, store.turns, secret)
        return made

    def deliver(self, tags: Iterable[str]) -> bool:
        _pause()
        return super().deliver(tags)


class DeletingStore(TokenStore):
    """Without tokens: a bump deletes what was stored under the tag."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._tags: dict[str, Sequence[str]] = {}

    def look(self, key: str, tags: Sequence[str]) -> Look:
        if not self.state.is_clear:
            raise PassedOver("a bump is not delivered yet")
        self._tags[key] = tags
        blob = self.line.ask("GET", f"v:{key}")
        answer = None if blob is None else self._read(key, blob, 0)
        return Look(b"", answer if answer and answer.until > now() else None)

    def keep(self, key: str, tokens: bytes, answer: Answer, grace_seconds: float = 0) -> bool:
        time.sleep(NAIVE_PAUSE_SECONDS)
        for tag in self._tags[key]:
            self.line.ask("SADD", f"s:{tag}", key)
        return super().keep(key, tokens, answer, grace_seconds)

    def bump(self, tags: Iterable[str]) -> None:
        for tag in tags:
            keys = self.line.ask("SMEMBERS", f"s:{tag}")
            if keys:
                self.line.ask("UNLINK", *(b"v:" + key for key in keys))


class DeletingCache(PausingCache):
    """What most applications do: delete after the commit."""

    store_class = DeletingStore

    def deliver(self, tags: Iterable[str]) -> bool:
        return TokenCache.deliver(self, tags)
