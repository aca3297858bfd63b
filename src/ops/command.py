"""What every command of the operator begins with: the application, as the database's owner."""

import dataclasses
import sys
from collections.abc import Callable

from flask import Flask

from src.config import Config, ConfigError, from_process


def application(create_app: Callable[[Config], Flask], threads: int = 1) -> Flask:
    """The application of this process's settings, reaching the database as its owner.

    `threads` is how many connections the command uses at once.

    Exits with 2 and the reason when a setting is missing.
    """
    try:
        config = from_process()
    except ConfigError as error:
        print(f"{sys.argv[0]}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    owner = dataclasses.replace(
        config,
        database_url=config.migration_database_url,
        direct_database_url=config.migration_database_url,
        # A batch is meant to take long: it would fill the log of slow statements.
        slow_query_seconds=60.0,
        threads=threads,
    )
    return create_app(owner)
