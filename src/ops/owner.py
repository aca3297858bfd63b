"""The application of a command: as the database's owner, and in no hurry."""

import dataclasses
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event

from src.config import Config, from_process
from src.database import db
from src.ops import command
from src.settings import ConfigError

_NO_LIMITS = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"


def application(create_app: Callable[[Config], Flask], threads: int = 1) -> Flask:
    """The application of this process's settings, reaching the database as its owner, with no
    limit to how long a statement takes, or what is done between two of them.

    `threads` is how many connections the command uses at once.

    Exits with 2 and the reason when a setting is missing.
    """
    try:
        config = from_process()
    except ConfigError as error:
        command.say(str(error))
        raise SystemExit(command.CANNOT_RUN) from None
    app = create_app(settings(config, threads))
    with app.app_context():
        event.listen(db.engine, "connect", _take_time)
    return app


def settings(config: Config, threads: int = 1) -> Config:
    """The settings of a command: the owner's, and a batch is meant to take long: it would fill the
    log of slow statements.
    """
    return dataclasses.replace(config.as_owner(threads), slow_query_seconds=60.0)


def _take_time(raw: Any, _record: Any) -> None:
    """On a busy machine a batch takes longer than a request may, and so does what it reckons."""
    # Outside of a transaction, which might be rolled back.
    raw.autocommit = True
    with raw.cursor() as cursor:
        cursor.execute(_NO_LIMITS)
    raw.autocommit = False
