"""The cache, bound to the application: its server, what keeps it true, what stands before Flask."""

import functools
from collections.abc import Callable

import structlog
from flask import Flask

from src.config import Config
from src.database import make_old_at_commit
from src.routes.cache_table import READS, For
from src.routes.ready_answers import ReadyAnswers
from src.services import freshness
from src.utils import redis_client
from src.utils.background import LOOK_SECONDS, Background
from src.utils.cache import Bindings, cache
from src.utils.cache_backend import TokenCache

log = structlog.get_logger("start")

CACHE_TYPE = "src.utils.cache_backend.TokenCache"


def bind(app: Flask, config: Config, cache_type: str) -> None:
    """The cache, if there is a server for it, and what keeps it true beside requests."""
    app.config |= {
        "CACHE_TYPE": "NullCache",
        "CACHE_NO_NULL_WARNING": True,
        "CACHE_REDIS_URL": config.cache_url,
        "CACHE_STATE_FILE": str(config.data_dir / "cache.state"),
        "CACHE_TURNS_FILE": str(config.data_dir / "cache.turns"),
        "CACHE_DEFAULT_TIMEOUT": config.cache_default_expire_seconds,
    }
    app.extensions["cache_bindings"] = Bindings(
        families=frozenset(READS),
        private=frozenset(
            name for name, read in READS.items() if read.audience is not For.EVERYBODY
        ),
        names_of=freshness.names_of,
        in_transaction=make_old_at_commit,
        write_down=freshness.write_down,
    )
    if not config.cache_url:
        cache.init_app(app)
        return
    client = redis_client.connect(config.cache_url)
    app.extensions["cache_ping"] = functools.partial(redis_client.answers_ping, client)
    try:
        cache.init_app(app, {"CACHE_TYPE": cache_type})
    except OSError as error:
        # Without the page that its processes share, an answer could be old and nobody know.
        log.error("cache_off", folder=str(config.data_dir), error=str(error))
        cache.init_app(app)
        return
    with app.app_context():
        backend = cache.backend
    if backend is not None:
        _keep_fresh(app, backend)
        ready = app.extensions["ready_answers"] = ReadyAnswers(app, backend)
        app.wsgi_app = ready  # type: ignore[method-assign]


def _keep_fresh(app: Flask, backend: TokenCache) -> None:
    background: Background = app.extensions["background"]

    def in_context(work: Callable[[], object]) -> Callable[[], object]:
        @functools.wraps(work)
        def done() -> None:
            with app.app_context():
                work()

        return done

    backend.store.line.breaker.is_probed = lambda: background.is_running
    background.every(LOOK_SECONDS, backend.store.line.probe)
    watchdog: Background = app.extensions["watchdog"]
    watchdog.every(LOOK_SECONDS, backend.store.line.exchanges.end_overdue)
    background.every(freshness.FORGET_SECONDS, in_context(freshness.remove_delivered))
    background.every(LOOK_SECONDS, in_context(freshness.drain))
