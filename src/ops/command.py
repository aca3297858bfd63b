"""What every command of the operator has in common, whether or not it loads the application."""

import argparse
import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg2

from src.settings import ConfigError
from src.utils import driver_words

Number = TypeVar("Number", int, float)

CANNOT_RUN, INTERRUPTED = 2, 130
# No such table, column or function.
_OF_ANOTHER_SCHEMA = ("42P01", "42703", "42883")


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
        except KeyboardInterrupt:
            say("interrupted")
            return INTERRUPTED
        except Exception as error:
            # By SQLAlchemy, or past it: rows are copied, and who only does that does not load it.
            failure = driver_words.failure(error)
            if failure is None:
                raise
            reason = _in_the_way(failure)
        say(reason)
        return CANNOT_RUN

    return run


def say(words: str) -> None:
    """On standard error, under the command's name."""
    print(f"{Path(sys.argv[0]).stem}: {words}", file=sys.stderr)


def _in_the_way(failure: BaseException) -> str:
    reason, state = driver_words.of(failure), driver_words.sqlstate(failure)
    if state in _OF_ANOTHER_SCHEMA:
        return f"{reason}: bring the schema up to date first."
    if isinstance(failure, psycopg2.OperationalError) and not state:
        return f"the database cannot be reached: {reason}"
    return f"the database refused: {reason}"


@contextmanager
def step_by_step() -> Iterator[Callable[[str], None]]:
    """Tell a person at a terminal which step is being done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    # What draws takes as long to load as a short command takes in all.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

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
