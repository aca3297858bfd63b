"""One process of the load client: a closed loop of HTTP/1.1 over non-blocking sockets.

Run as a program it takes one Load as JSON on standard input, says `ready`, starts at the next line
and prints what it Counted as JSON. Standard library alone, and lean: it shares the machine with
the server it measures.
"""

import dataclasses
import itertools
import json
import re
import select
import socket
import sys
import time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)
_CHUNK_BYTES = 1 << 18
# So many broken connections in a row: nobody is there to be measured.
MOST_BROKEN_IN_A_ROW = 500


@dataclasses.dataclass(slots=True)
class Request:
    """What is sent, and what must come back: a status, and `length` body bytes or about as many.

    Without a `length` any body is right.
    """

    text: str
    status: int = 200
    length: int | None = None
    slack_bytes: int = 0

    def accepts(self, head: bytes, length: int) -> bool:
        """Whether an answer of this head and number of body bytes is right."""
        is_sized = self.length is None or abs(length - self.length) <= self.slack_bytes
        return is_sized and head[8:13] == b" %d " % self.status


@dataclasses.dataclass(slots=True)
class Load:
    """Who is asked what, in turn, and which mark in the head of an answer is counted."""

    port: int
    requests: list[Request]
    connections: int = 50
    seconds: float = 2.0
    mark: str = ""


@dataclasses.dataclass(slots=True)
class Counted:
    """What came back in `seconds`, and what of the processor the client took for it itself.

    `wrong` answers have another status or length than asked for, `last_wrong` is the first line of
    one; `broken` connections ended early. Latencies, in microseconds, are of right answers.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    wrong: int = 0
    last_wrong: str = ""
    broken: int = 0
    marked: int = 0
    latencies_us: list[int] = dataclasses.field(default_factory=list)


class _Connection:
    """A socket with the one request that is under way on it."""

    __slots__ = ("body_at", "ends_at", "is_over", "raw", "received", "request", "socket", "started")

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        # Answered, and the server said that it would close: only its end is awaited.
        self.is_over = False

    def begin(self, request: Request, raw: bytes) -> None:
        """The clock runs from before the connection is made, where one is made for the request."""
        self.request, self.raw, self.started = request, raw, time.perf_counter()
        self.received = b""
        # Where the body begins and the answer ends, once its head is there.
        self.body_at = self.ends_at = 0


class Loop:
    """Every connection sends its next request as soon as it has the answer to the last."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.counted = Counted()
        self._next = itertools.cycle([(r, r.text.encode()) for r in load.requests]).__next__
        self._mark = load.mark.encode()
        self._poll = select.epoll()
        self._open: dict[int, _Connection] = {}
        self._broken_in_a_row = 0

    def run(self) -> Counted:
        """Load until the time is up, or until nobody is there."""
        cpu, started = time.process_time(), time.perf_counter()
        for _ in range(self.load.connections):
            self._connect()
        while time.perf_counter() - started < self.load.seconds:
            for descriptor, event in self._poll.poll(0.05):
                self._advance(self._open[descriptor], event)
            if self._broken_in_a_row >= MOST_BROKEN_IN_A_ROW:
                break
        self.counted.seconds = time.perf_counter() - started
        self.counted.cpu_seconds = time.process_time() - cpu
        for connection in self._open.values():
            connection.socket.close()
        return self.counted

    def _connect(self) -> None:
        opened = socket.socket()
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._open[opened.fileno()] = _Connection(opened)
        connection.begin(*self._next())
        opened.connect_ex(("127.0.0.1", self.load.port))
        # On the loopback the handshake is done by now, unless the server is slow to accept.
        try:
            opened.send(connection.raw)
            interest = select.EPOLLIN
        except OSError:
            interest = select.EPOLLOUT
        self._poll.register(opened, interest)

    def _advance(self, connection: _Connection, event: int) -> None:
        try:
            if event & select.EPOLLOUT:
                connection.socket.send(connection.raw)
                self._poll.modify(connection.socket, select.EPOLLIN)
                return
            data = connection.socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if connection.is_over or not data:
            self._replace(connection)
            return
        connection.received += data
        if connection.ends_at == 0:
            self._read_head(connection)
        if 0 < connection.ends_at <= len(connection.received):
            self._finish(connection)

    def _read_head(self, connection: _Connection) -> None:
        """A body without a stated length has none that could be checked: it counts as empty."""
        end = connection.received.find(b"\r\n\r\n")
        if end >= 0:
            stated = _LENGTH.search(connection.received, 0, end + 2)
            connection.body_at = end + 4
            connection.ends_at = end + 4 + (int(stated[1]) if stated else 0)

    def _finish(self, connection: _Connection) -> None:
        received, body_at = connection.received, connection.body_at
        if connection.request.accepts(received, len(received) - body_at):
            elapsed = time.perf_counter() - connection.started
            self.counted.latencies_us.append(int(elapsed * 1e6))
        else:
            self.counted.wrong += 1
            self.counted.last_wrong = received[: received.find(b"\r\n")].decode("latin-1")
        if self._mark and received.find(self._mark, 0, body_at) >= 0:
            self.counted.marked += 1
        self._broken_in_a_row = 0
        if _CLOSE.search(received, 0, body_at):
            connection.is_over = True
            return
        connection.begin(*self._next())
        try:
            connection.socket.send(connection.raw)
        except OSError:
            self._replace(connection)

    def _replace(self, connection: _Connection) -> None:
        if not connection.is_over:
            self.counted.broken += 1
            self._broken_in_a_row += 1
        del self._open[connection.socket.fileno()]
        connection.socket.close()
        self._connect()


def main() -> None:
    """Be told the load, wait for the start that all processes of the client share, and load."""
    told = json.loads(sys.stdin.readline())
    requests = [Request(**request) for request in told.pop("requests")]
    loop = Loop(Load(requests=requests, **told))
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(dataclasses.asdict(loop.run())))


if __name__ == "__main__":
    main()
