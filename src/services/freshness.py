"""Delivering what made cached answers old, where the request that did it could not."""

import structlog

from src.database import db, unit_of_work
from src.queries import company as company_queries
from src.queries import freshness as freshness_queries
from src.utils.cache import cache
from src.utils.cache_tokens import ROOT
from src.utils.redis_client import CacheDown

log = structlog.get_logger("cache")

# A request delivers its own within milliseconds: what is older came from elsewhere, or was lost.
# With the pause between two looks it is fresh within 1.5 s, some of which a busy machine may need.
PATIENCE_SECONDS = 0.8
DRAIN_SECONDS = 0.4
FORGET_SECONDS = 0.2


def drain() -> int:
    """Deliver what is due, if it is this process's turn on the host; how many tags."""
    backend = cache.backend
    if backend is None or not backend.store.state.takes_turn(DRAIN_SECONDS):
        return 0
    state = backend.store.state
    seen, is_clear = state.suspect, state.is_clear
    age_seconds = PATIENCE_SECONDS if is_clear else 0.0
    rows = _undelivered(age_seconds)
    if rows or not is_clear:
        try:
            # After a doubt, everything: what is not written down may be missing too.
            backend.store.bump(set(rows.values()) if is_clear else {ROOT})
        except CacheDown:
            # Who left them could not deliver them either: it is old on every host.
            if is_clear:
                state.doubt()
            return 0
        _remove(list(rows))
        state.clear(seen)
    return len(rows)


def remove_delivered() -> None:
    """Take off the outbox what this process has delivered."""
    backend = cache.backend
    if backend is not None and backend.delivered:
        ids = [backend.delivered.popleft() for _ in range(len(backend.delivered))]
        _remove(ids)


def write_down(tags: list[str]) -> None:
    """Keep tags that could not be delivered for the drainer; commits by itself."""
    with unit_of_work() as work:
        work.session.execute(freshness_queries.WRITE_DOWN, {"tags": tags})


def names_of(name: str) -> list[str]:
    """The tags of one job or company: a company's answers are kept by its id and by its slug."""
    kind, _, key = name.partition(":")
    if kind != "company":
        return [name]
    values = {"name": key, "company_id": company_queries.id_of(key)}
    found = db.session.scalars(freshness_queries.NAMES, values)
    return list(found) or [name]


def _undelivered(age_seconds: float) -> dict[int, str]:
    values = {"age_seconds": age_seconds, "most": freshness_queries.MOST_AT_ONCE}
    try:
        rows = db.session.execute(freshness_queries.UNDELIVERED, values)
        return {row.id: row.tag for row in rows}
    finally:
        db.session.rollback()


def _remove(ids: list[int]) -> None:
    if ids:
        with unit_of_work() as work:
            work.session.execute(freshness_queries.REMOVE, {"ids": ids})
