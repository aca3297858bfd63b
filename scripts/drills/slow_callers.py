"""Callers that keep connections open and hardly say or take anything, in a process of their own:
beside those who measure they would be what is slow.
"""

import asyncio
import contextlib
import itertools
import multiprocessing
import os
import resource
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from scripts.drills.target import Target

# A word to keep a connection from being given up, well within what a proxy waits for the next.
PAUSE_SECONDS = 3.0
AGAIN_SECONDS = 0.1
# So many open a connection at the same time: what is tried is to hold them, not to open them.
_AT_ONCE = 25
_TAKEN_AT_MOST = 1024
_ADDRESSES = 50
_HEAD = "Host: 127.0.0.1\r\nConnection: close\r\n"
# What is said first, and what again and again: a request whose headers have no end, one whose body
# has none, and one whose answer is hardly taken.
_WAYS = (
    (f"GET /api/v1/jobs HTTP/1.1\r\n{_HEAD}", "X-More: 1\r\n"),
    (f"POST /api/v1/jobs HTTP/1.1\r\n{_HEAD}Content-Length: 100000\r\n\r\n[", "1"),
    (f"GET /api/v1/jobs?page_size=50 HTTP/1.1\r\n{_HEAD}\r\n", ""),
)


@contextmanager
def held(target: Target, number: int) -> Iterator[Callable[[], int]]:
    """So many slow connections, opened anew when they are ended; how many are open now."""
    context = multiprocessing.get_context("spawn")
    opened = context.Value("i", 0)
    child = context.Process(target=_hold, args=(target, number, opened), daemon=True)
    child.start()
    try:
        yield lambda: opened.value
    finally:
        child.terminate()
        child.join()


def _hold(target: Target, number: int, opened: Any) -> None:
    # They stand for other machines, which take no time of this one.
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_all(target, number, opened))


async def _all(target: Target, number: int, opened: Any) -> None:
    callers = _Callers(target.port, target.tls(), asyncio.Semaphore(_AT_ONCE), opened)
    ways = itertools.islice(itertools.cycle(_WAYS), number)
    await asyncio.gather(*(callers.call(n, *way) for n, way in enumerate(ways)))


@dataclass(frozen=True, slots=True)
class _Callers:
    port: int
    tls: ssl.SSLContext | None
    turn: asyncio.Semaphore
    opened: Any

    async def call(self, number: int, first: str, more: str) -> None:
        """One connection after another, from an address that is not everybody's."""
        address = f"127.0.1.{1 + number % _ADDRESSES}"
        while True:
            with contextlib.suppress(OSError):
                async with self.turn:
                    reader, writer = await asyncio.open_connection(
                        "127.0.0.1", self.port, ssl=self.tls, local_addr=(address, 0),
                        limit=_TAKEN_AT_MOST,
                    )  # fmt: skip
                self.opened.value += 1
                try:
                    await _dawdle(reader, writer, first, more)
                finally:
                    self.opened.value -= 1
                    writer.transport.abort()
            await asyncio.sleep(AGAIN_SECONDS)


async def _dawdle(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: str, more: str
) -> None:
    """Until the other side has had enough."""
    words = first
    while True:
        writer.write(words.encode())
        await writer.drain()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE_SECONDS):
                if not await reader.read(1):
                    return
                await asyncio.sleep(PAUSE_SECONDS)
        words = more
