"""What every command of the operator begins with: the application, as the database's owner."""

import argparse
import dataclasses
import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
from flask import Flask
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from src.config import Config, from_process
from src.database import db
from src.ops.indexes.mend import reason_of
from src.settings import ConfigError
from src.utils.db_failures import sqlstate

Number = TypeVar("Number", int, float)

CANNOT_RUN, INTERRUPTED = 2, 130
# No such table, column or function.
_OF_ANOTHER_SCHEMA = ("42P01", "42703", "42883")
_NO_LIMITS = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"


def told(main: Callable[[], int]) -> Callable[[], int]:
    """Let a command's `main` say in one sentence what keeps it from running.

    That is a setting or the database: 2, which no command gives for what it finds; or Ctrl-C: 130.
    """

    @functools.wraps(main)
    def run() -> int:
        try:
            return main()
        except ConfigError as error:
            reason = str(error)
        except DBAPIError as error:
            reason = _in_the_way(error)
        # Rows are copied past SQLAlchemy.
        except psycopg2.Error as error:
            reason = _in_the_way(DBAPIError(None, None, error))
        except KeyboardInterrupt:
            say("interrupted")
            return INTERRUPTED
        say(reason)
        return CANNOT_RUN

    return run


def say(words: str) -> None:
    """On standard error, under the command's name."""
    print(f"{Path(sys.argv[0]).stem}: {words}", file=sys.stderr)


def _in_the_way(error: DBAPIError) -> str:
    reason, state = reason_of(error), sqlstate(error)
    if state in _OF_ANOTHER_SCHEMA:
        return f"{reason}: bring the schema up to date first."
    if isinstance(error.orig, psycopg2.OperationalError) and not state:
        return f"the database cannot be reached: {reason}"
    return f"the database refused: {reason}"


def application(create_app: Callable[[Config], Flask], threads: int = 1) -> Flask:
    """The application of this process's settings, reaching the database as its owner, with no
    limit to how long a statement takes, or what is done between two of them.

    `threads` is how many connections the command uses at once.

    Exits with 2 and the reason when a setting is missing.
    """
    try:
        config = from_process()
    except ConfigError as error:
        say(str(error))
        raise SystemExit(CANNOT_RUN) from None
    app = create_app(settings(config, threads))
    with app.app_context():
        event.listen(db.engine, "connect", _take_time)
    return app


def _take_time(raw: Any, _record: Any) -> None:
    """On a busy machine a batch takes longer than a request may, and so does what it reckons."""
    # Outside of a transaction, which might be rolled back.
    raw.autocommit = True
    with raw.cursor() as cursor:
        cursor.execute(_NO_LIMITS)
    raw.autocommit = False


def settings(config: Config, threads: int = 1) -> Config:
    """The settings of a command: the owner's, and a batch is meant to take long: it would fill the
    log of slow statements.
    """
    return dataclasses.replace(config.as_owner(threads), slow_query_seconds=60.0)


@contextmanager
def step_by_step() -> Iterator[Callable[[str], None]]:
    """Tell a person at a terminal which step is being done."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("beginning", total=None)
        yield lambda step: progress.update(task, description=step)


def above_zero(kind: type[Number]) -> Callable[[str], Number]:
    """Reads an option that must be a number above 0; argparse then names the option."""

    def read(word: str) -> Number:
        try:
            number = kind(word)
        except ValueError:
            number = kind(0)
        if not 0 < number <= 10**7:
            raise argparse.ArgumentTypeError(f"{word!r} is not a number above 0")
        return number

    return read


def whole(word: str) -> int:
    """Reads an option that must be a whole number, 0 or more; argparse then names the option."""
    if not word.replace("_", "").isdecimal():
        raise argparse.ArgumentTypeError(f"{word} is not a whole number")
    return int(word)
