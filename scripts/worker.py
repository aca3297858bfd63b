"""Runs the background tasks until SIGTERM: `.venv/bin/python -m scripts.worker`.

It takes no options; its settings are those of the environment.
"""

import argparse
import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import procrastinate
import structlog
from flask import Flask
from procrastinate import signals

from src import tasks
from src.config import from_process
from src.main import create_app
from src.routes import warming
from src.services import feed as feed_service
from src.settings import ConfigError, libpq_url
from src.utils import logs
from src.utils.task_places import CONCURRENCY

log = structlog.get_logger("worker")

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
    background, watchdog = app.extensions["background"], app.extensions["watchdog"]
    watchdog.start()
    background.start()
    try:
        yield
    finally:
        # The other one last: what this one is at may wait for a server.
        background.stop()
        watchdog.stop()


async def work(queue: procrastinate.App) -> None:
    """Run the tasks of all queues until SIGTERM; when one queue's worker ends, so do the others."""
    told = asyncio.Event()
    async with queue.open_async():
        with signals.on_stop(told.set):
            workers = [
                asyncio.create_task(
                    queue.run_worker_async(
                        queues=[name],
                        concurrency=concurrency,
                        delete_jobs="successful",
                        shutdown_graceful_timeout=GRACE_SECONDS,
                        install_signal_handlers=False,
                    )
                )
                for name, concurrency in CONCURRENCY.items()
            ]
            stop = asyncio.create_task(told.wait())
            await asyncio.wait([*workers, stop], return_when=asyncio.FIRST_COMPLETED)
            # Once: told again, a worker would not wait for the tasks in hand.
            for worker in workers:
                worker.cancel()
            ended = await asyncio.gather(*workers, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


def main() -> None:
    argparse.ArgumentParser(prog="python -m scripts.worker", description=__doc__).parse_args()
    try:
        config = from_process()
    except ConfigError as error:
        sys.exit(f"talentsphere: {error}")
    logs.catch_strays()
    # One thread more than tasks, for the warming at the start.
    app = create_app(config.as_owner(threads=sum(CONCURRENCY.values()) + 1))
    tasks.bind(app)
    # Two for what is short, beside the one that each queue LISTENs on; a pooler does not hand on
    # what comes by it, and the owner's way goes around one.
    connector = procrastinate.PsycopgConnector(
        conninfo=libpq_url(config.owner_database_url), min_size=1, max_size=2
    )
    with watched(app):
        with app.app_context():
            feed_service.ask_for_first()
        if config.cache_warm:
            threading.Thread(target=warm, args=[app], name="warming", daemon=True).start()
        with tasks.queue.replace_connector(connector) as queue:
            asyncio.run(work(queue))


if __name__ == "__main__":
    main()
