"""What is done to the cache server while the hunt runs; each step is done by the main thread.

A fault that is closed, wherever it was, leaves the server as it was before.
"""

import itertools
import math
import random
import signal
import time
from collections.abc import Callable, Generator
from contextlib import closing

import redis

from scripts.cache_hunt.servers import CacheServer

# A fault does a bit and yields the seconds until it wants to be called again.
Steps = Generator[float, None, None]
Fault = Callable[[CacheServer], Steps]
EVICTION_SECONDS = 0.02
# What the server may hold beyond what it held when the hunt began.
ROOM_BYTES = 200_000
# How long each fault lasts where they take turns.
TURN_SECONDS = 20.0


def nothing(_: CacheServer) -> Steps:
    """Calm."""
    while True:
        yield 1.0


def stop(server: CacheServer) -> Steps:
    """Hung for 0.3 to 2 s, then well again, and so on."""
    while True:
        yield _between(0.5, 3.0)
        server.send(signal.SIGSTOP)
        try:
            yield _between(0.3, 2.0)
        finally:
            server.send(signal.SIGCONT)


def kill(server: CacheServer) -> Steps:
    """Killed, gone for up to 1.5 s, back without anything, and so on."""
    while True:
        yield _between(0.5, 3.0)
        server.kill()
        try:
            yield _between(0.0, 1.5)
        finally:
            server.start_again()


def evict(server: CacheServer) -> Steps:
    """Tokens and answers taken at random, and room for hardly any."""
    with redis.Redis.from_url(server.layout.redis_url) as client:
        used, room = client.info("memory")["used_memory"], client.config_get("maxmemory")
        client.config_set("maxmemory", used + ROOM_BYTES)
        try:
            while True:
                key = client.randomkey()
                if key is not None:
                    client.unlink(key)
                yield EVICTION_SECONDS
        finally:
            client.config_set("maxmemory", room["maxmemory"])


def turns(server: CacheServer) -> Steps:
    """Calm and each of these for a while, again and again."""
    for fault in itertools.cycle((nothing, stop, kill, evict)):
        over_at = time.monotonic() + TURN_SECONDS
        with closing(fault(server)) as steps:
            for seconds in steps:
                yield min(seconds, over_at - time.monotonic())
                if time.monotonic() >= over_at:
                    break


FAULTS: dict[str, Fault] = {
    "none": nothing, "stop": stop, "kill": kill, "evict": evict, "turns": turns,
}  # fmt: skip


def drive(steps: Steps, until: Callable[[], bool]) -> None:
    """Go on with a fault's steps until `until` says that it is over, or they end."""
    due = time.monotonic()
    while not until():
        if time.monotonic() >= due:
            due = time.monotonic() + next(steps, math.inf)
        time.sleep(0.005)


def _between(low: float, high: float) -> float:
    return random.uniform(low, high)  # noqa: S311
