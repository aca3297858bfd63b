"""Runs the background tasks until SIGTERM: `.venv/bin/python -m scripts.worker`."""

import dataclasses
import math
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import procrastinate
import structlog
from flask import Flask

from src import tasks
from src.config import ConfigError, from_process
from src.database import db
from src.main import create_app
from src.routes import warming
from src.services import feed as feed_service
from src.utils import db_guard, logs

log = structlog.get_logger("worker")

CONCURRENCY = 2
GRACE_SECONDS = 10


def warm(app: Flask) -> None:
    """Fill the cache beside the first tasks."""
    with app.app_context():
        done = warming.warm()
    log.info("cache_warmed", **done)


@contextmanager
def watched(app: Flask) -> Iterator[None]:
    """Have those freed who wait too long for a server that has stopped.

    A task's statements are given up for no other reason: each says to the server how long it takes.
    """
    with app.app_context():
        guard = db_guard.DatabaseGuard(db.engine.url, math.inf)
        guard.watch(db.engine)
    background, watchdog = app.extensions["background"], app.extensions["watchdog"]
    watchdog.every(db_guard.LOOK_SECONDS, guard.look)
    watchdog.start()
    background.start()
    try:
        yield
    finally:
        # The other one last: what this one is at may wait for a server.
        background.stop()
        watchdog.stop()


def main() -> None:
    try:
        config = from_process()
    except ConfigError as error:
        sys.exit(f"talentsphere: {error}")
    logs.catch_strays()
    # Tasks LISTEN, which a pooler does not hand on.
    url = config.owner_database_url
    # One thread more than tasks, for the warming at the start.
    app = create_app(
        dataclasses.replace(
            config,
            database_url=url,
            direct_database_url=url,
            threads=CONCURRENCY + 1,
            guards_statements=False,
        )
    )
    tasks.bind(app)
    connector = procrastinate.PsycopgConnector(
        conninfo=url.replace("postgresql+psycopg2://", "postgresql://"), min_size=1, max_size=4
    )
    with watched(app):
        with app.app_context():
            feed_service.ask_for_first()
        if config.cache_warm:
            threading.Thread(target=warm, args=[app], name="warming", daemon=True).start()
        with tasks.queue.replace_connector(connector) as queue:
            queue.run_worker(
                concurrency=CONCURRENCY,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
            )


if __name__ == "__main__":
    main()
