"""SIGINT and SIGTERM as an orderly end: what waits is let go, and what is half done is removed."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Any, TypeVar

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class by this name

from src.utils import db_places

Result = TypeVar("Result")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# What a statement has to end in that a living server was told to cancel.
_CANCEL_SECONDS = 3.0


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


def heed(connections: Sequence[Connection], work: Callable[[], Result]) -> Result:
    """Do what asks a database over these connections, which may become more meanwhile, and let it
    go when a signal comes: statements are cancelled, and what waits all the same loses its line.

    By itself Python would hear of the signal once the statement has ended: behind somebody's lock,
    or at a server that has stopped, never. From the main thread. Raises Interrupted, whatever the
    driver says then, and what `work` does.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    ended = Event()
    watcher = Thread(target=_watch, args=(heard, connections, ended), name="lets-go", daemon=True)
    before = signal.set_wakeup_fd(told)
    watcher.start()
    try:
        return work()
    except Exception as error:
        # Between any two calls a signal that has come is heard of: here, before anybody tidies up.
        time.sleep(0)
        _raise_behind(error)
        raise
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        os.close(told)
        watcher.join(_CANCEL_SECONDS)
        if not watcher.is_alive():
            os.close(heard)


def _raise_behind(error: BaseException) -> None:
    """The signal, if that came first: to roll back over a line that was cut fails too."""
    behind = error.__context__
    while behind is not None:
        if isinstance(behind, Interrupted):
            raise behind from None
        behind = behind.__context__


def _watch(heard: int, connections: Sequence[Connection], ended: Event) -> None:
    # Nothing is read when the other end was closed: no signal came.
    if not os.read(heard, 1):
        return
    for connection in connections:
        _let_go(connection)
    if not ended.wait(_CANCEL_SECONDS):
        for connection in connections:
            db_places.cut(connection)


def _let_go(connection: Connection) -> None:
    place = db_places.peer(connection)
    if place is None:
        return
    if not db_places.gives_sign([place]):
        # The driver would wait for it without end, and the whole process with it.
        db_places.cut(connection)
        return
    with contextlib.suppress(psycopg2.Error):
        connection.cancel()
