"""The one way to reach the cache server: short deadlines, no retries, a breaker."""

import functools
import os
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

from src.utils.breaker import Breaker
from src.utils.exchange import Exchanges, Spare

log = structlog.get_logger("cache")

DEADLINE_SECONDS = 0.1
# For what must be tried although the server did not answer just now.
KNOCK_SECONDS = 0.02
# How often a thread sees that it could: a server may close what is idle.
LOOK_AFTER_SECONDS = 10.0


class CacheDown(Exception):
    """The cache server did not do it: gone, hung, full, or passed over since it was so before."""


class Refused(CacheDown):
    """It is there and will not: it is full, or takes no writes."""


class PassedOver(CacheDown):
    """It was not asked: it failed just now, or what it holds is doubted."""


def connect(url: str, deadline_seconds: float = DEADLINE_SECONDS, **options: Any) -> "Redis":
    """A client that gives up after 0.1 s; the library's own defaults took a minute."""
    return Redis.from_url(
        url,
        socket_timeout=deadline_seconds,
        socket_connect_timeout=deadline_seconds,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def answers_ping(client: "Redis") -> bool:
    """Whether the server is there."""
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False


class CacheLine:
    """This process's line to the server: a connection a thread, each command sent packed; and a
    spare one to knock on.

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
        self._spares = connect(url, KNOCK_SECONDS, driver_info=None).connection_pool
        self._greeting = _take_greeting(self._spares.connection_kwargs)
        # Never connected: it knows how commands are written.
        self._packer: Any = self._pool.make_connection()
        self._on_new_server, self._on_recovery = on_new_server, on_recovery
        self._local = threading.local()
        self.exchanges = Exchanges(DEADLINE_SECONDS)
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
        started = time.monotonic()
        try:
            answer = self._exchange(packed)
        except ResponseError as error:
            # It lives and refuses: full, read-only, too many clients.
            raise Refused(str(error)) from error
        except (RedisError, OSError, ValueError) as error:
            self._failed()
            raise CacheDown(type(error).__name__) from error
        ended = time.monotonic()
        if ended - started > DEADLINE_SECONDS:
            self._failed()
        else:
            self._worked(ended)
        return answer

    @property
    def is_silent(self) -> bool:
        """Whether this thread knocked, and has no answer yet."""
        return bool(self._own().spare.is_silent)

    def knock(self, *command: str | bytes | int) -> Any:
        """Ask even while the breaker is open, for 20 ms at most, on the spare connection.

        A hung server that this thread has reached before does it when it wakes, before it answers
        what it is asked later: docs/cache.md says how surely. Raises CacheDown.
        """
        try:
            return self._own().spare.ask(*command)
        except ResponseError as error:
            raise Refused(str(error)) from error
        except (RedisError, OSError, ValueError) as error:
            raise CacheDown(type(error).__name__) from error

    def _exchange(self, packed: list[bytes]) -> Any:
        """A connection that the server closed while it was idle is made anew, once."""
        is_fresh = not self._own().connection.is_connected
        try:
            return self.exchanges.exchange(self._connection(), packed)
        except RedisConnectionError:
            if is_fresh:
                raise
            return self.exchanges.exchange(self._connection(), packed)

    def probe(self) -> bool:
        """Ask whether the server is back, if that is due; True once the breaker is closed."""
        if not self.breaker.is_open:
            return True
        if not self.breaker.is_due:
            return False
        try:
            connection = self._connection()
            self.exchanges.try_way(connection)
            self._on_recovery(functools.partial(self.exchanges.ask, connection))
        except (RedisError, OSError, ValueError):
            self._failed()
            return False
        self.breaker.close()
        self.on_change(False)
        log.info("cache_reached_again")
        return True

    def _worked(self, now: float) -> None:
        self.breaker.worked()
        if now > self._local.look_after_at:
            self._local.look_after_at = now + LOOK_AFTER_SECONDS
            self._local.spare.look_after()

    def _failed(self) -> None:
        self._hang_up()
        was_open = self.breaker.is_open
        self.breaker.failed()
        if self.breaker.is_open and not was_open:
            self.on_change(True)
            log.warning("cache_passed_over", failures=self.breaker.failures)

    def _own(self) -> Any:
        """What this thread has; a fork must not use its parent's."""
        mine = self._local
        if getattr(mine, "owner", 0) != os.getpid():
            mine.connection, spare = self._pool.make_connection(), self._spares.make_connection()
            mine.spare = Spare(self.exchanges, spare, self._greeting, KNOCK_SECONDS)
            mine.look_after_at, mine.owner = 0.0, os.getpid()
        return mine

    def _connection(self) -> Any:
        """This thread's, connected to a server that was looked at."""
        mine = self._own()
        if not mine.connection.is_connected:
            mine.connection.connect()
            try:
                self._greet(mine.connection)
            except BaseException:
                # Else the next command would go to a server that nobody has looked at.
                mine.connection.disconnect()
                raise
            # It may lead to another server; and this one has read by now what came by it.
            mine.spare.close()
            mine.look_after_at = 0.0
        return mine.connection

    def _greet(self, connection: Any) -> None:
        ask = functools.partial(self.exchanges.ask, connection)
        # One section at a time: servers before 7 take no more.
        told = b"\n".join(ask("INFO", section) for section in ("server", "replication"))
        self._on_new_server(_identity(told), ask)

    def _hang_up(self) -> None:
        if (connection := getattr(self._local, "connection", None)) is not None:
            connection.disconnect()


def _identity(info: bytes) -> str:
    """Of a run of a server in one life as a master: who takes over may lack what came last."""
    fields = dict(line.partition(b":")[::2] for line in info.splitlines())
    names = (b"run_id", b"master_replid")
    return ".".join(fields.get(name, b"").decode("ascii", "replace").strip() for name in names)


def _take_greeting(options: dict[str, Any]) -> list[tuple[str, ...]]:
    """What a connection would send first, and wait for; without these options it does neither."""
    options["protocol"] = 2
    user, password, database = (options.pop(key, None) for key in ("username", "password", "db"))
    options.pop("client_name", None)
    greeting: list[tuple[str, ...]] = []
    if user or password:
        greeting.append(("AUTH", user, password or "") if user else ("AUTH", password))
    if database:
        greeting.append(("SELECT", str(database)))
    return greeting
