"""`@cached`: the one way to cache an answer. It goes right above the view, under its validation."""

import functools
import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from src import observability
from src.caller import Caller
from src.database import db
from src.errors import Unavailable
from src.models.vocabulary import AuditAction
from src.routes.cache_table import READS, For, Read
from src.routes.contract import contract_of
from src.routes.fresh import Fresh
from src.routes.ready_answers import READY, Ready
from src.routes.request_data import Query, whole_id
from src.services import audit as audit_service
from src.services import view as view_counter
from src.utils.cache import cache
from src.utils.cache_backend import TokenCache
from src.utils.cache_tokens import Answer, Look, now
from src.utils.db_failures import is_outage
from src.utils.redis_client import CacheDown, PassedOver

# How long a request waits for another one that computes the same answer.
WAIT_SECONDS = 0.75
LOOK_AGAIN_SECONDS = 0.004
# Without the database, a public answer is given up to this age.
GRACE_SECONDS = 600
_KEPT_HEADERS = ("Content-Type", "ETag", "Link")


View = Callable[..., Fresh]


def cached(name: str) -> Callable[[View], Callable[..., Response]]:
    """Keep the answers of the view as the table says of this read."""
    read = READS[name]

    def decorate(view: View) -> Callable[..., Response]:
        contract_of(view).cached = name

        @functools.wraps(view)
        def through_cache(*, caller: Caller, query: Query | None = None, **path: Any) -> Response:
            # Before the key is made: a number that no row can have is no key either.
            for value in path.values():
                if isinstance(value, int):
                    whole_id(value)
            named = read.names(path)
            given = path if query is None else {**path, "query": query}
            wanted = _Wanted(name, read, view, caller, given)
            backend = cache.backend
            if backend is None:
                return wanted.uncached()
            pairs = query.pairs if query else ()
            wanted.key = read.key_of(f"{name}:{view.__name__}", named, pairs, caller)
            wanted.tags = read.tags_of(name, named)
            return wanted.through(backend)

        return through_cache

    return decorate


@dataclass
class _Wanted:
    """One request for a cached answer."""

    name: str
    read: Read
    view: View
    caller: Caller
    arguments: dict[str, Any]
    key: str = ""
    tags: tuple[str, ...] = ()

    def through(self, backend: TokenCache) -> Response:
        """From the cache, or computed and put there."""
        look = self._looked(backend)
        if look is None:
            return self.uncached()
        if look.found is not None:
            return self._found(backend, look.found, look.tokens)
        return self._filled(backend, look)

    def _looked(self, backend: TokenCache) -> Look | None:
        started = time.perf_counter()
        try:
            return backend.store.look(self.key, self.tags)
        except CacheDown as error:
            backend.count(self.name, "bypass" if isinstance(error, PassedOver) else "error")
            return None
        finally:
            observability.note_cache("miss", time.perf_counter() - started)

    def uncached(self) -> Response:
        """As the database has it."""
        observability.note_cache("bypass")
        return self._given(self._computed())

    def _found(self, backend: TokenCache, answer: Answer, tokens: bytes) -> Response:
        if self._is_apart(answer.facts.get("apart", ())):
            backend.count(self.name, "bypass")
            return self.uncached()
        backend.count(self.name, "hit")
        if self.read.audience is For.EVERYBODY:
            # Asked for twice: worth being kept ready for whoever asks in the same words.
            route = request.url_rule.rule if request.url_rule else "unknown"
            request.environ[READY] = Ready(self.name, route, self.tags, tokens, answer)
        return self._served(answer, "hit")

    def _filled(self, backend: TokenCache, look: Look) -> Response:
        """One computes, the others wait for it; none waits longer than for computing itself."""
        try:
            look = self._awaited(backend, look)
        except CacheDown:
            return self.uncached()
        if look.found is not None:
            return self._found(backend, look.found, look.tokens)
        backend.count(self.name, "miss")
        try:
            return self._given(self._kept(backend, look))
        except (SQLAlchemyError, Unavailable) as error:
            if not self._may_serve_old(look, error):
                raise
            db.session.rollback()
            backend.count(self.name, "stale")
            return self._served(look.old, "stale-if-error")  # type: ignore[arg-type]
        finally:
            _let_go(backend, self.key)

    def _awaited(self, backend: TokenCache, look: Look) -> Look:
        """What the cache says once another has put the answer there, or it is this one's turn.

        The turn of who hangs, or is slow, is taken: one wait is enough for all who ask after that.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        while not backend.store.begin(self.key):
            if time.monotonic() > deadline:
                backend.store.take(self.key)
                return look
            time.sleep(LOOK_AGAIN_SECONDS)
            look = backend.store.look(self.key, self.tags)
            if look.found is not None:
                return look
        # Somebody may have ended between the look and the turn.
        look = backend.store.look(self.key, self.tags)
        if look.found is not None:
            _let_go(backend, self.key)
        return look

    def _computed(self) -> Fresh:
        return self.view(caller=self.caller, **self.arguments)

    def _kept(self, backend: TokenCache, look: Look) -> Fresh:
        fresh = self._computed()
        if fresh.response.status_code != 200 or not fresh.is_shared or self._is_apart(fresh.apart):
            observability.note_cache("bypass")
            return fresh
        answer = self._answer_of(fresh)
        grace = GRACE_SECONDS if self.read.audience is For.EVERYBODY else 0
        try:
            backend.store.keep(self.key, look.tokens, answer, grace)
        except CacheDown:
            backend.count(self.name, "error")
        return fresh

    def _answer_of(self, fresh: Fresh) -> Answer:
        born = now()
        until = born + self.read.ttl_seconds * random.uniform(0.9, 1.1)  # noqa: S311
        if fresh.until is not None:
            until = min(until, fresh.until.timestamp())
        headers = fresh.response.headers
        kept = tuple((each, headers[each]) for each in _KEPT_HEADERS if each in headers)
        facts = {"apart": list(fresh.apart), "job_seen": fresh.job_seen, "seen": fresh.seen}
        return Answer(fresh.response.get_data(), kept, born, until, facts)

    def _given(self, fresh: Fresh) -> Response:
        if fresh.job_seen is not None:
            self._count_view(fresh.job_seen)
        self._audit(fresh.seen)
        return fresh.response

    def _served(self, answer: Answer, how: str) -> Response:
        observability.note_cache(how)
        if answer.facts.get("job_seen") is not None:
            self._count_view(answer.facts["job_seen"])
        self._audit(answer.facts.get("seen", ()))
        return Response(answer.body, headers=dict(answer.headers))

    def _count_view(self, job_id: int) -> None:
        if request.method == "GET":
            view_counter.seen(job_id)

    def _audit(self, seen: Sequence[Sequence[int]]) -> None:
        audit_service.note(self.caller, AuditAction.LIST_APPLICATIONS, seen)

    def _is_apart(self, companies: Collection[int]) -> bool:
        """Whether the caller is shown more than others are."""
        return any(self.caller.is_member(company_id) for company_id in companies)

    def _may_serve_old(self, look: Look, error: Exception) -> bool:
        old = look.old
        is_public = self.read.audience is For.EVERYBODY and old is not None
        return (
            is_public
            and is_outage(error)
            and now() - old.born <= GRACE_SECONDS  # type: ignore[union-attr]
            and not self._is_apart(old.facts.get("apart", ()))  # type: ignore[union-attr]
        )


def _let_go(backend: TokenCache, key: str) -> None:
    try:
        backend.store.end(key)
    except CacheDown:
        # The turn ends by itself.
        return
