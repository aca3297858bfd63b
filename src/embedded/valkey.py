"""The embedded cache: a Valkey or Redis on a unix socket that keeps nothing on disk."""

import signal
import time

import redis

from src.embedded import binaries, process
from src.embedded.layout import Layout
from src.embedded.process import Child, EmbeddedError

START_SECONDS = 10.0


def start(layout: Layout) -> Child:
    """Start the server; it answers. Raises EmbeddedError, naming the log, when it does not."""
    settings = {
        "port": "0",
        "unixsocket": str(layout.cache_socket),
        "unixsocketperm": "700",
        "dir": str(layout.cache),
        # A cache may lose everything, so it writes nothing; what is rarely used makes room.
        "save": "",
        "appendonly": "no",
        "maxmemory": "128mb",
        "maxmemory-policy": "allkeys-lru",
        "daemonize": "no",
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    layout.cache_socket.unlink(missing_ok=True)
    command = [str(binaries.cache_program()), *options]
    with layout.log("cache").open("ab") as output:
        # Killed with its parent, since it has nothing to save: a hung one would not hear of less.
        child = process.spawn(command, death_signal=signal.SIGKILL, output=output)
    _wait(layout, child)
    return child


def stop(child: Child) -> None:
    """Nothing is kept, so nothing is waited for long."""
    process.stop(child, (signal.SIGTERM, 5.0))


def _wait(layout: Layout, child: Child) -> None:
    client = redis.Redis.from_url(layout.redis_url, socket_timeout=1, socket_connect_timeout=1)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            client.ping()
        except redis.RedisError:
            time.sleep(0.02)
        else:
            client.close()
            return
    process.stop(child, (signal.SIGTERM, 2.0))
    raise EmbeddedError(f"The cache did not start; {layout.last_words('cache')}")
