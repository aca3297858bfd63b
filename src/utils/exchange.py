"""Exchanges with the cache server, each with a deadline as a whole.

A socket's own deadline begins anew with every byte that comes: an answer that trickles in would
hold a worker for seconds. So a thread beside looks at who waits, and shuts the connection of who
waits too long.
"""

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

# What a way to the server must carry there and back in time: as much as a larger answer.
LOAD = bytes(16 * 1024)
# What a server reads of a connection at one look: so much is done before others are heard.
MOST_QUEUED_BYTES = 16 * 1024
# An answer that is there already is taken, however late.
_AT_ONCE_SECONDS = 0.001


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

    @contextlib.contextmanager
    def watched(self, connection: Any) -> Iterator[None]:
        """Meanwhile this thread waits for it, and it is shut when that takes too long."""
        mine = threading.get_ident()
        self._waiting[mine] = (time.monotonic(), connection)
        try:
            yield
        finally:
            self._waiting.pop(mine, None)

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


class Spare:
    """A thread's second connection, taken by the server while it answers, for when it does not.

    A server that wakes accepts connections, and answers on those it has, before it reads the new
    ones: what a new one brings is heard after a question that came later on an old one. So this one
    is kept when no answer comes, and nothing else is asked on it. Late answers come in the order of
    the questions: they are taken and dropped before the one that is waited for.
    """

    def __init__(
        self, exchanges: Exchanges, connection: Any, greeting: list[tuple[str, ...]], seconds: float
    ) -> None:
        """`greeting` is what a new connection must send first; it sends nothing by itself."""
        self._exchanges, self._connection, self._seconds = exchanges, connection, seconds
        self._greeting = [self._pack(*command) for command in greeting]
        # The sizes of the commands that have no answer yet.
        self._unanswered: deque[int] = deque()

    def close(self) -> None:
        """What was sent stays in the server's queue."""
        self._connection.disconnect()
        self._unanswered.clear()

    @property
    def is_silent(self) -> bool:
        """Whether something was sent that had no answer when it was last looked at."""
        return bool(self._unanswered)

    def look_after(self) -> None:
        """Have the server take it: for when that answers, now and then."""
        if not self._has_room(0) or self.is_silent:
            # What is not answered yet was lost on the way.
            self.close()
        with contextlib.suppress(RedisError, OSError, ValueError):
            self.ask("PING")

    def ask(self, *command: str | bytes | int) -> Any:
        """The answer, if it comes in time. Raises RedisError, OSError and ValueError.

        After a TimeoutError the command is in the server's queue, if there was a way to it.
        """
        until = time.monotonic() + self._seconds
        with self._exchanges.watched(self._connection):
            try:
                self._post(self._pack(*command))
                return self._answer(until)
            except (RedisTimeoutError, ResponseError):
                raise
            except (RedisError, OSError, ValueError):
                self.close()
                raise

    def _pack(self, *command: str | bytes | int) -> bytes:
        return b"".join(self._connection.pack_command(*command))

    def _post(self, packed: bytes) -> None:
        """Send it where the server hears it soonest, or else on a new connection."""
        if self._has_room(len(packed)):
            with contextlib.suppress(RedisError, OSError):
                self._send(packed)
                return
        self.close()
        self._connection.connect()
        # Together: a server that hangs does not answer the greeting.
        for each in (*self._greeting, packed):
            self._send(each)

    def _has_room(self, size: int) -> bool:
        """Whether it is open and so many bytes are heard at one look; takes what came late."""
        try:
            while self._connection.is_connected and self._connection.can_read(0):
                if not self._unanswered:
                    return False
                self._take(0)
        except (RedisError, OSError, ValueError):
            return False
        return self._connection.is_connected and (sum(self._unanswered) + size <= MOST_QUEUED_BYTES)

    def _send(self, packed: bytes) -> None:
        """Without waiting for room. Raises RedisError."""
        self._connection._sock.settimeout(0)
        self._connection.send_packed_command([packed], check_health=False)
        self._unanswered.append(len(packed))

    def _answer(self, until: float) -> Any:
        """The last one, which is to what was sent last. Raises RedisError, and OSError."""
        answer = None
        while self._unanswered:
            answer = self._take(max(until - time.monotonic(), _AT_ONCE_SECONDS))
        if isinstance(answer, ResponseError):
            raise answer
        return answer

    def _take(self, seconds: float) -> Any:
        """The next answer, or the error that it is. Raises RedisError, and OSError."""
        answer: Any
        try:
            answer = self._connection.read_response(
                disable_decoding=True, timeout=seconds, disconnect_on_error=False
            )
        except ResponseError as error:
            answer = error
        self._unanswered.popleft()
        return answer


def _shut(connection: Any) -> None:
    """Not closed: it is its own thread that lets go of it."""
    sock: socket.socket | None = connection._sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
