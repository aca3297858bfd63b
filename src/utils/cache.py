"""The cache of the application, and how to make what is in it old by name.

from src.utils.cache import cache, invalidate_cache
invalidate_cache(["jobs_featured", "job:17", "company_*"])
cache.clear_all()
"""

import fnmatch
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import structlog
from flask import current_app
from flask_caching import Cache

from src.utils.cache_backend import TokenCache
from src.utils.cache_tokens import ROOT

log = structlog.get_logger("cache")
_ENTITY = re.compile(r"(job|company):[A-Za-z0-9-]{1,200}")
_GLOB = re.compile(r"[*?\[]")
_ALL_OF = {"job": "job_detail", "company": "company_profile"}


@dataclass
class Bindings:
    """What the application tells the cache, which knows nothing of it."""

    # The names of the cached reads; each is a tag of all its answers.
    families: frozenset[str] = frozenset()
    # Those of them that are given to some alone.
    private: frozenset[str] = frozenset()
    # The tags by which answers about one job or company are kept: a company has an id and a slug.
    names_of: Callable[[str], list[str]] = field(default=lambda name: [name])
    # Takes tags into the running transaction, if there is one, and says whether there is.
    in_transaction: Callable[[list[str]], bool] = field(default=lambda _: False)
    # Writes down tags that could not be delivered, for the drainer.
    write_down: Callable[[list[str]], None] = field(default=lambda _: None)


class AnswerCache(Cache):
    """Flask-Caching's object, with a clear that costs the same whatever there is to clear."""

    @property
    def backend(self) -> TokenCache | None:
        """Where answers are kept; None when the application has no cache."""
        found = current_app.extensions.get("cache", {}).get(self)
        return found if isinstance(found, TokenCache) else None

    def clear_all(self) -> None:
        """Make every cached answer old, by one new token; never raises."""
        _invalidate([ROOT])


cache = AnswerCache(with_jinja2_ext=False)


def invalidate_cache(patterns: Iterable[str]) -> None:
    """Make cached answers old: by the name of a read, of one job or company, or by a glob of them.

    Inside a transaction it waits for the commit, and is forgotten by a rollback. Never raises: a
    name that nobody knows is logged, and makes everything old.
    """
    given = [patterns] if isinstance(patterns, str) else patterns
    _invalidate(list(dict.fromkeys(tag for name in given for tag in _tags(str(name)))))


def forget_private() -> int:
    """Remove the answers that are given to some alone, which nobody may read any more; how many.

    Raises CacheDown.
    """
    backend = cache.backend
    return 0 if backend is None else backend.store.forget(sorted(bindings().private))


def bindings() -> Bindings:
    """What this application has told the cache."""
    made: Bindings = current_app.extensions.setdefault("cache_bindings", Bindings())
    return made


def _invalidate(tags: list[str]) -> None:
    backend = cache.backend
    if backend is None or not tags:
        return
    try:
        if not bindings().in_transaction(tags) and not backend.deliver(tags):
            bindings().write_down(tags)
    except Exception:
        # The doubt stands until the drainer has made everything old.
        backend.store.state.doubt()
        log.exception("invalidation_not_written_down", tags=tags)


def _tags(name: str) -> list[str]:
    families = bindings().families
    if name in families or name == ROOT:
        return [name]
    if _ENTITY.fullmatch(name):
        return _names_of(name)
    if not _GLOB.search(name):
        log.warning("unknown_cache_name", name=name)
        return [ROOT]
    kind, separator, _ = name.partition(":")
    found = fnmatch.filter(sorted(families), name)
    if separator and kind in _ALL_OF:
        found.append(_ALL_OF[kind])
    return found or [ROOT]


def _names_of(name: str) -> list[str]:
    try:
        return bindings().names_of(name)
    except Exception:
        log.exception("names_not_found", name=name)
        return [_ALL_OF[name.partition(":")[0]]]
