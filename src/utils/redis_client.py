"""The one way to reach the cache server: short deadlines, no retries, a breaker."""

import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

log = structlog.get_logger("cache")

DEADLINE_SECONDS = 0.1
FAILURES_TO_OPEN = 3
OPEN_SECONDS = 1.0


class CacheDown(Exception):
    """The cache server did not do it: gone, hung, full, or passed over since it was so before."""


class PassedOver(CacheDown):
    """It was not asked: it failed just now, or what it holds is doubted."""


def connect(url: str) -> "Redis":
    """A client that gives up after 0.1 s; the library's own defaults took a minute."""
    return Redis.from_url(
        url,
        socket_timeout=DEADLINE_SECONDS,
        socket_connect_timeout=DEADLINE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def answers_ping(client: "Redis") -> bool:
    """Whether the server is there."""
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False


class Breaker:
    """Opens after three failures in a row; then only a probe, once a second, asks the server.

    Probes are for whoever runs in the background (`is_probed` says whether somebody does), so that
    no request waits for one; where nobody does, the first caller after the pause probes.
    """

    def __init__(self) -> None:
        self.failures = 0
        self.is_open = False
        self.is_probed: Callable[[], bool] = lambda: False
        self.probe_at = 0.0

    @property
    def is_due(self) -> bool:
        return self.is_open and time.monotonic() >= self.probe_at

    def worked(self) -> None:
        self.failures = 0

    def failed(self) -> None:
        self.failures += 1
        if self.is_open or self.failures >= FAILURES_TO_OPEN:
            self.is_open = True
            self.probe_at = time.monotonic() + OPEN_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311

    def close(self) -> None:
        self.is_open, self.failures = False, 0


class CacheLine:
    """This process's line to the server: a connection a thread, each command sent packed.

    `on_new_server` gets the identity of each server run that is connected to, and a way to ask it;
    `on_recovery` a way to ask it before the breaker closes.
    """

    def __init__(
        self,
        url: str,
        on_new_server: Callable[[str, Callable[..., Any]], None],
        on_recovery: Callable[[Callable[..., Any]], None],
    ) -> None:
        self._pool = connect(url).connection_pool
        # Never connected: it knows how commands are written.
        self._packer: Any = self._pool.make_connection()
        self._on_new_server, self._on_recovery = on_new_server, on_recovery
        self._local = threading.local()
        self.breaker = Breaker()
        self.on_change: Callable[[bool], None] = lambda _: None

    def pack(self, *command: str | bytes | int) -> list[bytes]:
        """A command as it is sent; one that is sent often is packed once."""
        packed: list[bytes] = self._packer.pack_command(*command)
        return packed

    def ask(self, *command: str | bytes | int) -> Any:
        """The server's answer. Raises CacheDown, at once while the breaker is open."""
        return self.send(self.pack(*command))

    def send(self, packed: list[bytes]) -> Any:
        """The answer to a packed command. Raises CacheDown."""
        if self.breaker.is_open and (self.breaker.is_probed() or not self.probe()):
            raise PassedOver("the breaker is open")
        try:
            answer = self._exchange(packed)
        except ResponseError as error:
            # It lives and refuses: full, read-only, too many clients.
            raise CacheDown(str(error)) from error
        except (RedisError, OSError, ValueError) as error:
            self._failed()
            raise CacheDown(type(error).__name__) from error
        self.breaker.worked()
        return answer

    def _exchange(self, packed: list[bytes]) -> Any:
        """A connection that the server closed while it was idle is made anew, once."""
        is_fresh = not self._is_connected
        try:
            return _exchange(self._connection(), packed)
        except RedisConnectionError:
            if is_fresh:
                raise
            return _exchange(self._connection(), packed)

    def probe(self) -> bool:
        """Ask whether the server is back, if that is due; True once the breaker is closed."""
        if not self.breaker.is_open:
            return True
        if not self.breaker.is_due:
            return False
        try:
            connection = self._connection()
            self._on_recovery(lambda *command: _ask(connection, *command))
        except (RedisError, OSError, ValueError):
            self._failed()
            return False
        self.breaker.close()
        self.on_change(False)
        log.info("cache_reached_again")
        return True

    def _failed(self) -> None:
        self._hang_up()
        was_open = self.breaker.is_open
        self.breaker.failed()
        if self.breaker.is_open and not was_open:
            self.on_change(True)
            log.warning("cache_passed_over", failures=self.breaker.failures)

    def _connection(self) -> Any:
        """This thread's own; a fork must not use its parent's."""
        if getattr(self._local, "owner", 0) != os.getpid():
            self._local.connection, self._local.owner = self._pool.make_connection(), os.getpid()
        connection = self._local.connection
        if not self._is_connected:
            connection.connect()
            try:
                self._greet(connection)
            except BaseException:
                # Else the next command would go to a server that nobody has looked at.
                connection.disconnect()
                raise
        return connection

    def _greet(self, connection: Any) -> None:
        info = _ask(connection, "INFO", "server")
        self._on_new_server(_run_id(info), lambda *command: _ask(connection, *command))

    @property
    def _is_connected(self) -> bool:
        mine = getattr(self._local, "owner", 0) == os.getpid()
        return mine and bool(self._local.connection.is_connected)

    def _hang_up(self) -> None:
        if self._is_connected:
            self._local.connection.disconnect()


def _ask(connection: Any, *command: str | bytes | int) -> Any:
    return _exchange(connection, connection.pack_command(*command))


def _exchange(connection: Any, packed: list[bytes]) -> Any:
    connection.send_packed_command(packed, check_health=False)
    return connection.read_response(disable_decoding=True)


def _run_id(info: bytes) -> str:
    for line in info.splitlines():
        if line.startswith(b"run_id:"):
            return line[7:].decode("ascii", "replace").strip()
    return ""
