"""Exchanges with the cache server, each with a deadline as a whole.

A socket's own deadline begins anew with every byte that comes: an answer that trickles in would
hold a worker for seconds. So a thread beside looks at who waits, and shuts the connection of who
waits too long.
"""

import contextlib
import socket
import threading
import time
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

# What a way to the server must carry there and back in time: as much as a larger answer.
LOAD = bytes(16 * 1024)


class Exchanges:
    """Those of one process, by thread: each has one underway at most."""

    def __init__(self, deadline_seconds: float) -> None:
        self._deadline_seconds = deadline_seconds
        self._waiting: dict[int, tuple[float, Any]] = {}

    def exchange(self, connection: Any, packed: list[bytes]) -> Any:
        """The answer to a packed command. Raises RedisError, and OSError."""
        mine = threading.get_ident()
        self._waiting[mine] = (time.monotonic(), connection)
        try:
            connection.send_packed_command(packed, check_health=False)
            return connection.read_response(disable_decoding=True)
        except RedisConnectionError as error:
            if mine in self._waiting:
                raise
            raise RedisTimeoutError("the answer as a whole took too long") from error
        finally:
            self._waiting.pop(mine, None)

    def ask(self, connection: Any, *command: str | bytes | int) -> Any:
        """As above, of a command in words."""
        return self.exchange(connection, connection.pack_command(*command))

    def try_way(self, connection: Any) -> None:
        """See that answers pass in time, not only signs of life. Raises RedisError, and OSError."""
        started = time.monotonic()
        with contextlib.suppress(ResponseError):
            self.ask(connection, "ECHO", LOAD)
        if time.monotonic() - started > self._deadline_seconds:
            raise RedisTimeoutError("the way to the server is slow")

    def end_overdue(self) -> None:
        """One look: called again and again by a thread that never asks the server itself."""
        now = time.monotonic()
        for thread, waiting in list(self._waiting.items()):
            since, connection = waiting
            if now - since > self._deadline_seconds and self._waiting.get(thread) is waiting:
                del self._waiting[thread]
                _shut(connection)


def _shut(connection: Any) -> None:
    """Not closed: it is its own thread that lets go of it."""
    sock: socket.socket | None = connection._sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
