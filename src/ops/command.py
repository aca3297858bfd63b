"""What every command of the operator begins with: the application, as the database's owner."""

import argparse
import dataclasses
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import Flask
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from src.config import Config, ConfigError, from_process

Number = TypeVar("Number", int, float)


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
    return create_app(as_owner(config, threads))


def as_owner(config: Config, threads: int = 1) -> Config:
    """The same settings, for a command that works as the database's owner and takes its time."""
    return dataclasses.replace(
        config,
        database_url=config.owner_database_url,
        direct_database_url=config.owner_database_url,
        # A batch is meant to take long: it would fill the log of slow statements.
        slow_query_seconds=60.0,
        statement_seconds=math.inf,
        threads=threads,
    )


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
