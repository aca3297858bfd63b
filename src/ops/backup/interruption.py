"""SIGINT and SIGTERM as an orderly end: what waits is let go, and what is half done is removed."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class by this name

Result = TypeVar("Result")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# A server that stands still takes no order to cancel either.
_CANCEL_SECONDS = 5.0


class Interrupted(KeyboardInterrupt):
    """The process was told to end."""

    def __init__(self, number: int) -> None:
        by = signal.Signals(number)
        super().__init__(f"interrupted by {by.name}")
        # As a shell says it.
        self.exit_code = 128 + number


def listen() -> None:
    """Let the first of these signals raise Interrupted; the others would only disturb that end."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def _interrupt(number: int, _frame: object) -> None:
    for each in _SIGNALS:
        signal.signal(each, _ignore)
    raise Interrupted(number)


def _ignore(*_: Any) -> None:
    """Not SIG_IGN, which programs that are started would inherit."""


def heed(connection: Connection, work: Callable[[], Result]) -> Result:
    """Do what asks this database, and have its statement cancelled when a signal comes.

    By itself Python would hear of the signal once the statement has ended: behind somebody's lock,
    never. From the main thread. Raises Interrupted and what `work` does.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    watcher = Thread(target=_cancel, args=(heard, connection), name="cancels", daemon=True)
    before = signal.set_wakeup_fd(told)
    watcher.start()
    try:
        return work()
    except psycopg2.errors.QueryCanceled:
        # Between any two calls a signal that has come is heard of: here, before anybody tidies up.
        time.sleep(0)
        raise
    finally:
        signal.set_wakeup_fd(before)
        os.close(told)
        watcher.join(_CANCEL_SECONDS)
        if not watcher.is_alive():
            os.close(heard)


def _cancel(heard: int, connection: Connection) -> None:
    # Nothing is read when the other end was closed: no signal came.
    if os.read(heard, 1):
        with contextlib.suppress(psycopg2.Error):
            connection.cancel()
