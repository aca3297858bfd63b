"""A way to a server that can be made bad: a relay on the loopback, in a thread of its own."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

CHUNK_BYTES = 65_536
LATENCY_SECONDS = 0.2
# What is lost is sent again: the other end has it this much later.
LOSS_SHARE, AGAIN_SECONDS = 0.2, 0.2
BYTES_A_SECOND = 20_000
# It trickles in: each slice in time for who waits for a sign of life, the whole late.
SLICE_BYTES = 1_000
# So much of an answer passes before the connection is cut.
CUT_BYTES = 20

# On, and for no time.
_AT_ONCE = struct.pack("ii", 1, 0)

CLEAR = "clear"
MODES = (CLEAR, "blackhole", "loss", "reset", "latency", "slow", "cut")

Writer = asyncio.StreamWriter


class FaultProxy:
    """Listens on `port` of 127.0.0.1 and relays to a unix socket, as `mode` (of MODES) says.

    A change of mode is felt by open connections too. What a blackhole swallowed stays lost.
    """

    def __init__(self, upstream: Path) -> None:
        self.mode, self.port = CLEAR, 0
        self._upstream = upstream
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server

    def start(self) -> None:
        self._thread.start()
        self._run(self._listen())

    def close(self) -> None:
        """Nothing listens and no connection is open any more."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def set(self, mode: str) -> None:
        """Behave like that from now on; a reset ends what is open at once."""
        self.mode = mode
        if mode == "reset":
            self._run(self._cancel())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        # Who was let in a moment ago becomes one of the tasks.
        await asyncio.sleep(0)
        await self._cancel()

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.ensure_future(self._connect(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # Here, since a task can be ended before it has begun.
        task.add_done_callback(lambda _: writer.close())

    async def _connect(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        if self.mode == "reset":
            _reset(writer)
            return
        try:
            there, to = await asyncio.open_unix_connection(str(self._upstream))
        except OSError:
            _reset(writer)
            return
        ways = [
            asyncio.ensure_future(self._relay(reader, to, is_answer=False)),
            asyncio.ensure_future(self._relay(there, writer, is_answer=True)),
        ]
        try:
            # One end that is closed closes the other.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Before anything is waited for: who is ended a second time would leave it open.
            to.close()
            if self.mode == "reset":
                _reset(writer)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _relay(self, source: asyncio.StreamReader, to: Writer, *, is_answer: bool) -> None:
        while chunk := await source.read(CHUNK_BYTES):
            mode = self.mode
            if mode == "blackhole":
                continue
            if mode == "cut" and is_answer:
                to.write(chunk[:CUT_BYTES])
                await to.drain()
                return
            size = SLICE_BYTES if mode == "slow" else len(chunk)
            for start in range(0, len(chunk), size):
                part = chunk[start : start + size]
                await asyncio.sleep(_delay_seconds(mode, len(part)))
                to.write(part)
                await to.drain()


def _reset(writer: Writer) -> None:
    """So that the caller is told of an error, not of an end."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()


def _delay_seconds(mode: str, size: int) -> float:
    if mode == "latency":
        # Half of it each way.
        return LATENCY_SECONDS / 2
    if mode == "loss":
        return AGAIN_SECONDS if random.random() < LOSS_SHARE else 0.0  # noqa: S311
    return size / BYTES_A_SECOND if mode == "slow" else 0.0
