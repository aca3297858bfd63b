"""The protocol of the cache: an answer counts only while each of its tags has the token it had.

A tag's token is random and read before the database; whoever changes what the tag stands for gives
it a new one after the commit and before the answer. Nothing is deleted, so a late or lost SET harms
nothing; an evicted token makes a miss, where an evicted counter would revive old answers. The rules
and the proof: docs/cache.md.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from src.utils import clock
from src.utils.cache_mint import TOKEN_BYTES, Mint, token_key
from src.utils.cache_state import SharedState
from src.utils.cache_turns import Turns
from src.utils.redis_client import CacheDown, CacheLine, PassedOver, Refused

# The tag of everything.
ROOT = "all"
MAC_BYTES = 16
LARGEST_BYTES = 256 * 1024
# A token that no write has made ends by then, and its answers with it.
UNUSED_SECONDS = 86_400
# How long the one who computes an answer may keep others waiting for it.
TURN_MS = 5_000
# More names are too long for a server to read at one look, before it answers others.
MOST_KNOCKED = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What is kept of an answer. `born` and `until` are seconds since 1970; `facts` is JSON."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    born: float
    until: float
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """What the cache said: the present tokens, and the answer if it counts, else an `old` one."""

    tokens: bytes
    found: Answer | None
    old: Answer | None = None


class TokenStore:
    """Answers in the cache server, under the tokens of their tags."""

    def __init__(self, line: CacheLine, state: SharedState, turns: Turns, secret: bytes) -> None:
        self.line, self.state, self.turns = line, state, turns
        # An answer is signed with its key: what others write, or move to another key, is a miss.
        self._secret = hashlib.blake2b(secret, digest_size=32, person=b"cached answers").digest()
        self._mint = Mint(secret)

    def look(self, key: str, tags: Sequence[str]) -> Look:
        """The answer of this key, if it is as fresh as the database. Raises CacheDown."""
        if not self.state.is_clear:
            raise PassedOver("a bump is not delivered yet")
        names = [token_key(tag) for tag in tags]
        blob, *tokens = self.line.ask("MGET", f"v:{key}", *names)
        size = len(names) * TOKEN_BYTES
        answer = None if blob is None else self._read(key, blob, size)
        is_whole = answer is not None and answer.until > now() and None not in tokens
        if is_whole and blob[:size] == b"".join(tokens):
            # Their seals need no look: the answer was signed together with them.
            return Look(blob[:size], answer)
        return Look(self._own(names, tokens), None, answer)

    def keep(self, key: str, tokens: bytes, answer: Answer, grace_seconds: float = 0) -> bool:
        """Store an answer under the tokens that were read before the database was.

        `grace_seconds` after its end it is still there for when the database is gone. False when it
        is too large. Raises CacheDown.
        """
        head = orjson.dumps([answer.headers, answer.born, answer.until, answer.facts])
        content = head + b"\n" + answer.body
        lasts_ms = int((answer.until - now() + grace_seconds) * 1000)
        if len(content) > LARGEST_BYTES or lasts_ms <= 0:
            return False
        blob = tokens + self._sign(key, tokens, content) + content
        self.line.ask("SET", f"v:{key}", blob, "PX", lasts_ms)
        return True

    def bump(self, tags: Iterable[str]) -> None:
        """Make every answer with one of these tags old. Raises CacheDown."""
        names = [token_key(tag) for tag in tags]
        try:
            self._renew(self.line.ask, names)
        except Refused:
            raise
        except CacheDown:
            # Out of this process's reach; but another host may use it now, or as soon as it wakes.
            self._renew(self.line.knock, self._in_short(names))

    def _in_short(self, names: list[str]) -> list[str]:
        """These, or what stands for everything where they may not be heard in time."""
        is_short = len(names) <= MOST_KNOCKED and not self.line.is_silent
        return names if is_short else [token_key(ROOT)]

    def _renew(self, ask: Callable[..., Any], names: list[str]) -> None:
        pairs = [part for name in names for part in (name, self._mint.token(name))]
        try:
            ask("MSET", *pairs)
        except Refused:
            # A full server refuses to write, but lets go: a missing token is a miss.
            ask("UNLINK", *names)

    def forget(self, names: Iterable[str]) -> int:
        """Remove every answer of these reads; how many. Raises CacheDown."""
        return sum(self._forget(name) for name in names)

    def _forget(self, name: str) -> int:
        gone, place = 0, b"0"
        while True:
            place, keys = self.line.ask("SCAN", place, "MATCH", f"v:{name}:*", "COUNT", 1000)
            gone += self.line.ask("UNLINK", *keys) if keys else 0
            if int(place) == 0:
                return gone

    def begin(self, key: str) -> bool:
        """Whether it is this caller's turn to compute the answer; that of a process which has died
        is over. Raises CacheDown.
        """
        own = self.turns.own()
        if self.line.ask("SET", f"l:{key}", own, "NX", "PX", TURN_MS) is not None:
            return True
        held = self.line.ask("GET", f"l:{key}")
        if held is None or not self.turns.has_ended(held):
            return False
        # Of those who see that, one.
        heir = f"l:{key}:{held.decode()}"
        if self.line.ask("SET", heir, own, "NX", "PX", TURN_MS) is None:
            return False
        self.take(key)
        return True

    def take(self, key: str) -> None:
        """Take the turn, whoever has it: who asks from now on waits for this caller.

        Raises CacheDown.
        """
        self.line.ask("SET", f"l:{key}", self.turns.own(), "PX", TURN_MS)

    def end(self, key: str) -> None:
        """Let another have the turn, unless it was taken from this process. Raises CacheDown."""
        if self.line.ask("GET", f"l:{key}") == self.turns.own():
            self.line.ask("UNLINK", f"l:{key}")

    def _own(self, names: list[str], tokens: list[bytes | None]) -> bytes:
        """The tokens, once those are replaced that are missing or no tokens of ours."""
        if not self._are_own(names, tokens):
            for name, token in zip(names, tokens, strict=True):
                if token is None:
                    # Not for ever: whoever asks for what is not there would fill the server.
                    self.line.ask("SET", name, self._mint.token(name), "NX", "EX", UNUSED_SECONDS)
                elif not self._mint.is_own(name, token):
                    self.line.ask("SET", name, self._mint.token(name))
            tokens = self.line.ask("MGET", *names)
            if not self._are_own(names, tokens):
                raise CacheDown("tokens do not stay")
        return b"".join(token for token in tokens if token is not None)

    def _are_own(self, names: list[str], tokens: list[bytes | None]) -> bool:
        pairs = zip(names, tokens, strict=True)
        return all(token is not None and self._mint.is_own(name, token) for name, token in pairs)

    def _read(self, key: str, blob: bytes, tokens_end: int) -> Answer | None:
        tokens, rest = blob[:tokens_end], blob[tokens_end:]
        mac, content = rest[:MAC_BYTES], rest[MAC_BYTES:]
        if not secrets.compare_digest(mac, self._sign(key, tokens, content)):
            return None
        head, _, body = content.partition(b"\n")
        headers, born, until, facts = orjson.loads(head)
        return Answer(body, tuple((name, value) for name, value in headers), born, until, facts)

    def _sign(self, key: str, tokens: bytes, content: bytes) -> bytes:
        mac = hashlib.blake2b(key.encode(), digest_size=MAC_BYTES, key=self._secret)
        mac.update(b"\0" + tokens)
        mac.update(content)
        return mac.digest()


def now() -> float:
    """Seconds since 1970, by the application's clock."""
    return clock.now().timestamp()
