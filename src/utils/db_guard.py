"""Frees requests from a database that has stopped: no timeout of a server helps when it is hung.

A thread of its own looks at the statements that are under way. When one waits for a second, the
server is asked for a sign of life; without one, the sockets of all that wait are shut down, which
their drivers report as a lost connection, and new connections are refused at once until it answers
again. A statement that outlives its deadline on a living server loses its socket too. None begins
once its request has taken too long (src/utils/deadline.py), unless its work is allowed to.
"""

import os
import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import Any

import psycopg2
import structlog
from sqlalchemy import URL, Connection, Engine, event

from src.errors import Unavailable
from src.utils import deadline

log = structlog.get_logger("database")

LOOK_SECONDS = 0.1
DOUBT_SECONDS = 1.0
SIGN_SECONDS = 0.5
# After the server's own deadline, which is the better one; with a look, within half a second of it.
LATE_SECONDS = 0.3
AGAIN_SECONDS = 0.5
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
# In `Connection.info`: how long a statement of the running transaction may take.
ALLOWED = "statement_seconds"


@dataclass(frozen=True, slots=True)
class _Waiting:
    connection: Any
    since: float
    deadline: float


class DatabaseGuard:
    """The statements of one process that wait for the database, by thread."""

    def __init__(self, url: URL, statement_seconds: float) -> None:
        self._url = url
        self._addresses: list[tuple[int, Any]] = []
        self._statement_seconds = statement_seconds
        self._waiting: dict[int, _Waiting] = {}
        self._refuses_until = 0.0
        self._asked_at = 0.0

    @property
    def is_down(self) -> bool:
        """Whether new connections are refused, the server having given no sign of life."""
        return self._refuses_until > 0

    def watch(self, engine: Engine) -> None:
        """Look after every statement, commit and connection of the engine."""

        @event.listens_for(engine, "before_cursor_execute")
        def begun(connection: Connection, *_: Any) -> None:
            if ALLOWED not in connection.info and deadline.is_over():
                log.warning("request_out_of_time")
                raise Unavailable("The database takes too long just now.")
            self._begin(connection)

        @event.listens_for(engine, "commit")
        @event.listens_for(engine, "rollback")
        def ending(connection: Connection) -> None:
            self._begin(connection)

        @event.listens_for(engine, "after_cursor_execute")
        def ended(*_: Any) -> None:
            self._end()

        @event.listens_for(engine, "handle_error")
        def failed(*_: Any) -> None:
            self._end()

        @event.listens_for(engine, "checkin")
        def returned(_connection: Any, record: Any) -> None:
            record.info.pop(ALLOWED, None)
            self._end()

        @event.listens_for(engine, "do_connect")
        def connecting(_dialect: Any, _record: Any, _args: Any, _options: Any) -> None:
            self._connecting()

    def look(self) -> None:
        """One look: called again and again by a thread that never asks the database itself."""
        now = time.monotonic()
        for thread, waiting in list(self._waiting.items()):
            if now > waiting.deadline:
                self._free(thread, waiting, "overdue")
        oldest = min((waiting.since for waiting in list(self._waiting.values())), default=now)
        if self.is_down or now - oldest > DOUBT_SECONDS:
            self._ask(now)

    def _begin(self, connection: Connection) -> None:
        if connection.invalidated:
            return
        now = time.monotonic()
        allowed = connection.info.get(ALLOWED, self._statement_seconds)
        raw = connection.connection.dbapi_connection
        self._waiting[threading.get_ident()] = _Waiting(raw, now, now + allowed + LATE_SECONDS)

    def _end(self) -> None:
        self._waiting.pop(threading.get_ident(), None)

    def _connecting(self) -> None:
        if self.is_down:
            raise psycopg2.OperationalError("the database gives no sign of life")

    def _ask(self, now: float) -> None:
        """Not again and again: a long statement is no reason to doubt."""
        if now - self._asked_at < AGAIN_SECONDS:
            return
        if self.is_down or not self._addresses:
            # Whoever takes over may stand elsewhere, behind the same name.
            self._addresses = _addresses(self._url) or self._addresses
        is_alive = _gives_sign(self._addresses)
        self._asked_at = time.monotonic()
        if is_alive:
            if self.is_down:
                log.info("database_reached_again")
            self._refuses_until = 0.0
            return
        if not self.is_down:
            log.warning("database_gives_no_sign_of_life", waiting=len(self._waiting))
        self._refuses_until = self._asked_at + AGAIN_SECONDS
        for thread, waiting in list(self._waiting.items()):
            self._free(thread, waiting, "server stopped")

    def _free(self, thread: int, waiting: _Waiting, why: str) -> None:
        """Shut the socket down: the driver, which waits in it, is told at once."""
        if self._waiting.get(thread) is not waiting:
            return
        try:
            with socket.socket(fileno=os.dup(waiting.connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        except (OSError, psycopg2.Error):
            return
        log.warning("statement_given_up", why=why)


def _gives_sign(addresses: list[tuple[int, Any]]) -> bool:
    """Whether some server of the address answers the smallest question there is."""
    return any(_answers(family, address) for family, address in addresses)


def _answers(family: int, address: Any) -> bool:
    try:
        with socket.socket(family) as line:
            line.settimeout(SIGN_SECONDS)
            line.connect(address)
            line.sendall(_SSL_REQUEST)
            return line.recv(1) in (b"S", b"N", b"E")
    except OSError:
        return False


def _addresses(url: URL) -> list[tuple[int, Any]]:
    """The sockets that the driver would connect to; none of a name that nobody knows now."""
    found: list[tuple[int, Any]] = []
    for host, port in _places(url):
        if host.startswith("/"):
            found.append((socket.AF_UNIX, f"{host}/.s.PGSQL.{port}"))
            continue
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            continue
        found += [(family, address[:2]) for family, _, _, _, address in known]
    return found


def _places(url: URL) -> list[tuple[str, int]]:
    """Hosts with their ports: one for all, one for each, or behind each host's name."""
    hosts = _listed(url.query.get("host")) or [url.host or "/var/run/postgresql"]
    ports = _listed(url.query.get("port")) or [str(url.port or 5432)]
    places = []
    for number, host in enumerate(hosts):
        name, colon, own = host.rpartition(":")
        # An address of IPv6 has colons of its own.
        if not colon or host.startswith("/") or ":" in name:
            name, own = host, ports[number if len(ports) == len(hosts) else 0]
        places.append((name, int(own or 5432)))
    return places


def _listed(given: tuple[str, ...] | str | None) -> list[str]:
    parts = given if isinstance(given, tuple) else (given or "").split(",")
    return [part for part in parts if part]
