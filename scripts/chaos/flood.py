"""More requests than can be answered, from a process of its own: python -m scripts.chaos.flood.

It takes a Flood as JSON and prints what was Seen as JSON. Standard library alone, and lean: it
shares the machine with the servers that it floods.
"""

import dataclasses
import json
import select
import socket
import sys
import time

_CHUNK_BYTES = 1 << 16
# For what is underway at the end.
_GRACE_SECONDS = 5.0


@dataclasses.dataclass(frozen=True, slots=True)
class Flood:
    """So many requests a second, whether or not they are answered, `most` of them at once.

    Each asks for `path`, in which `{}` is its number, so that no two are the same.
    """

    ports: list[int]
    path: str
    rate: float
    most: int
    seconds: float
    # Refusals of the first seconds, until it is known that it is too much, are not timed.
    settling_seconds: float = 0.0


@dataclasses.dataclass(slots=True)
class Seen:
    """Answers by kind; `refused_ms` are the times of those 503 that are timed."""

    sent: int = 0
    right: int = 0
    refused: int = 0
    others: int = 0
    refused_ms: list[float] = dataclasses.field(default_factory=list)


class Loop:
    """Connections that are open, with when they were opened and what has come."""

    def __init__(self, flood: Flood) -> None:
        self._flood = flood
        self.seen = Seen()
        self._poll = select.epoll()
        self._open: dict[int, tuple[socket.socket, float, bytes]] = {}

    def run(self) -> Seen:
        flood, started = self._flood, time.perf_counter()
        ends_at, due = started + flood.seconds, started
        while (now := time.perf_counter()) < ends_at or (
            self._open and now < ends_at + _GRACE_SECONDS
        ):
            while due <= now < ends_at and len(self._open) < flood.most:
                self._send(now)
                due += 1 / flood.rate
            sends = now < ends_at and len(self._open) < flood.most
            for descriptor, event in self._poll.poll(max(0.0, due - now) if sends else 0.05):
                self._advance(descriptor, event, settled=now - started > flood.settling_seconds)
        self.seen.others += len(self._open)
        return self.seen

    def _send(self, now: float) -> None:
        opened = socket.socket()
        opened.setblocking(False)
        opened.connect_ex(("127.0.0.1", self._flood.ports[self.seen.sent % len(self._flood.ports)]))
        self._open[opened.fileno()] = (opened, now, b"")
        self._poll.register(opened, select.EPOLLOUT)

    def _advance(self, descriptor: int, event: int, *, settled: bool) -> None:
        opened, started, head = self._open[descriptor]
        try:
            if event & select.EPOLLOUT:
                path = self._flood.path.format(self.seen.sent)
                self.seen.sent += 1
                opened.send(f"GET {path} HTTP/1.1\r\nHost: flood\r\n\r\n".encode())
                self._poll.modify(opened, select.EPOLLIN)
                return
            received = opened.recv(_CHUNK_BYTES)
        except OSError:
            received = b""
        if received:
            self._open[descriptor] = (opened, started, head or received[:16])
            return
        del self._open[descriptor]
        opened.close()
        self._count(head, (time.perf_counter() - started) * 1000, settled=settled)

    def _count(self, head: bytes, ms: float, *, settled: bool) -> None:
        status = head[9:12]
        self.seen.right += status == b"200"
        self.seen.refused += status == b"503"
        self.seen.others += status not in (b"200", b"503")
        if status == b"503" and settled:
            self.seen.refused_ms.append(round(ms, 2))


def main() -> int:
    """The exit code: 0."""
    flood = Flood(**json.loads(sys.stdin.readline()))
    print(json.dumps(dataclasses.asdict(Loop(flood).run())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
