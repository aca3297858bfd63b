"""How long requests wait before a worker takes them, read off the listening socket."""

import socket
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

# Of Linux's struct tcp_info: on a listening socket, how many connections wait to be accepted.
_UNACKED = struct.Struct("=24xI")
# ... and on a connection, how many milliseconds ago it last received something.
_LAST_RECEIVED = struct.Struct("=52xI")
# A queue as long as this, for as long as PATIENCE, is no burst but too much.
TOO_LONG_SECONDS = 1.0
PATIENCE_SECONDS = 1.0
# What a queue is kept to until it has stayed below that for as long.
SHORT_SECONDS = 0.04
# The weight of the newest request in the mean time of one.
_NEWEST = 0.05


def waiting(listeners: Sequence[socket.socket]) -> int:
    """Connections that nobody has accepted yet; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    found = 0
    for listener in listeners:
        if listener.family in (socket.AF_INET, socket.AF_INET6):
            info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _UNACKED.size)
            found += _UNACKED.unpack(info)[0]
    return found


def waited_seconds(connection: socket.socket) -> float:
    """How long ago the last of a request came, which nobody has read yet; 0 as above."""
    if sys.platform != "linux" or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return 0.0
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_RECEIVED.size)
    return float(_LAST_RECEIVED.unpack(info)[0] / 1000)


@dataclass
class Load:
    """Whether this process's server has more to do than it can, by one figure: the queue's wait.

    `listeners`, `workers` and since when it serves (monotonic seconds) are told by the server;
    without them nothing is ever too much.
    """

    listeners: Sequence[socket.socket] = ()
    workers: int = 1
    serves_since: float = 0.0
    mean_seconds: float = 0.005
    is_too_much: bool = False
    _since: float | None = field(default=None, repr=False)

    def wait_seconds(self) -> float:
        """How long who comes now will wait."""
        return waiting(self.listeners) * self.mean_seconds / self.workers

    def waited_seconds(self, connection: socket.socket | None) -> float:
        """How long the request at hand has waited while this process could have taken it.

        Who came before it served has waited for a start, and is not to pay for that twice.
        """
        if connection is None:
            return 0.0
        return min(waited_seconds(connection), time.monotonic() - self.serves_since)

    def took(self, seconds: float) -> None:
        """Learn what a request takes."""
        self.mean_seconds += (seconds - self.mean_seconds) * _NEWEST

    def must_shed(self) -> bool:
        """Whether the request at hand is better refused at once."""
        if not self.listeners:
            return False
        wait = self.wait_seconds()
        beyond = wait < SHORT_SECONDS if self.is_too_much else wait > TOO_LONG_SECONDS
        now = time.monotonic()
        if not beyond:
            self._since = None
        elif self._since is None:
            self._since = now
        elif now - self._since > PATIENCE_SECONDS:
            self.is_too_much, self._since = not self.is_too_much, None
        return self.is_too_much and wait > SHORT_SECONDS


# One server a process: gunicorn.conf.py tells it after the fork.
of_this_process = Load()
