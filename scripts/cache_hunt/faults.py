"""What is done to the cache server while the hunt runs; each step is done by the main thread."""

import math
import random
import signal
import time
from collections.abc import Callable, Generator

import redis

from scripts.cache_hunt.servers import CacheServer

# A fault does a bit and yields the seconds until it wants to be called again.
Fault = Callable[[CacheServer], Generator[float, None, None]]
EVICTION_SECONDS = 0.02
# What the server may hold beyond what it held when the hunt began.
ROOM_BYTES = 200_000


def nothing(_: CacheServer) -> Generator[float, None, None]:
    """Calm."""
    while True:
        yield 1.0


def stop(server: CacheServer) -> Generator[float, None, None]:
    """Hung for 0.3 to 2 s, then well again, and so on."""
    while True:
        yield _between(0.5, 3.0)
        server.send(signal.SIGSTOP)
        yield _between(0.3, 2.0)
        server.send(signal.SIGCONT)


def kill(server: CacheServer) -> Generator[float, None, None]:
    """Killed, gone for up to 1.5 s, back without anything, and so on."""
    while True:
        yield _between(0.5, 3.0)
        server.kill()
        yield _between(0.0, 1.5)
        server.start_again()


def evict(server: CacheServer) -> Generator[float, None, None]:
    """Tokens and answers taken at random, and room for hardly any."""
    client = redis.Redis.from_url(server.layout.redis_url)
    used = client.info("memory")["used_memory"]
    client.config_set("maxmemory", used + ROOM_BYTES)
    while True:
        key = client.randomkey()
        if key is not None:
            client.unlink(key)
        yield EVICTION_SECONDS


FAULTS: dict[str, Fault] = {"none": nothing, "stop": stop, "kill": kill, "evict": evict}


def drive(steps: Generator[float, None, None], until: Callable[[], bool]) -> None:
    """Go on with a fault's steps until `until` says that it is over, or they end."""
    due = time.monotonic()
    while not until():
        if time.monotonic() >= due:
            due = time.monotonic() + next(steps, math.inf)
        time.sleep(0.005)


def _between(low: float, high: float) -> float:
    return random.uniform(low, high)  # noqa: S311
