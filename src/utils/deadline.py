"""A deadline for a database that stands still."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def cut_off(connection: Any, seconds: float) -> Iterator[None]:
    """Let the block use a psycopg2 connection for so long; then its socket is shut down.

    No deadline of the driver frees a caller from a server that is stopped in the middle of an
    answer. What waits then fails as if the server had gone.
    """
    # A socket of its own: by the time it is shut down, the connection's number may be another's.
    line = socket.socket(fileno=os.dup(connection.fileno()))

    def cut() -> None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.close()
