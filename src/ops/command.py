"""What every command of the operator begins with: the application, as the database's owner."""

import argparse
import dataclasses
import sys
from collections.abc import Callable
from typing import TypeVar

from flask import Flask

from src.config import Config, ConfigError, from_process

Number = TypeVar("Number", int, float)


def application(create_app: Callable[[Config], Flask]) -> Flask:
    """The application of this process's settings, reaching the database as its owner.

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
        guards_statements=False,
    )
    return create_app(owner)


def above_zero(kind: type[Number]) -> Callable[[str], Number]:
    """Reads an option that must be a number above 0; argparse then names the option."""

    def read(word: str) -> Number:
        try:
            number = kind(word)
        except ValueError:
            number = kind(0)
        if not 0 < number < 10**6:
            raise argparse.ArgumentTypeError(f"{word!r} is not a number above 0")
        return number

    return read
