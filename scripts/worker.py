"""Runs the background tasks until SIGTERM: `.venv/bin/python -m scripts.worker`."""

import dataclasses
import sys

import procrastinate

from src import tasks
from src.config import ConfigError, from_process
from src.main import create_app
from src.utils import logs

CONCURRENCY = 2
GRACE_SECONDS = 10


def main() -> None:
    try:
        config = from_process()
    except ConfigError as error:
        sys.exit(f"talentsphere: {error}")
    logs.catch_strays()
    # Tasks LISTEN, which a pooler does not hand on.
    url = config.owner_database_url
    tasks.bind(create_app(dataclasses.replace(config, database_url=url)))
    connector = procrastinate.PsycopgConnector(
        conninfo=url.replace("postgresql+psycopg2://", "postgresql://"), min_size=1, max_size=4
    )
    with tasks.queue.replace_connector(connector) as queue:
        queue.run_worker(
            concurrency=CONCURRENCY,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
        )


if __name__ == "__main__":
    main()
