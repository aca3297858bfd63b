"""Frees requests from a database that has stopped: no timeout of a server helps when it is hung.

A thread of its own looks at the statements that are under way. When one waits for a second, the
server is asked for a sign of life; without one, the sockets of all that wait are shut down, which
their drivers report as a lost connection, and new connections are refused at once until it answers
again. The thread that looks waits for nobody: who asks, and who looks a name up, is another. A
statement that outlives its deadline on a living server loses its socket too. None begins once its
request has taken too long (src/utils/deadline.py).
"""

import math
import threading
import time
from dataclasses import dataclass
from typing import Any

import psycopg2
import structlog
from sqlalchemy import URL, Connection, Engine, event

from src.errors import Unavailable
from src.utils import db_places, deadline
from src.utils.background import Errand
from src.utils.db_places import Place

log = structlog.get_logger("database")

DOUBT_SECONDS = 1.0
# After the server's own deadline, which is the better one; with a look, within half a second of it.
LATE_SECONDS = 0.3
AGAIN_SECONDS = 0.5
# In `Connection.info`: how long a statement of the running transaction may take.
ALLOWED = "statement_seconds"
_PEER = "peer"


@dataclass(frozen=True, slots=True)
class _Waiting:
    connection: Any
    peer: Place | None
    since: float
    deadline: float


class DatabaseGuard:
    """The statements of one process that wait for the database, by thread.

    Where they may take any time, `statement_seconds` being `math.inf`, so may a request.
    """

    def __init__(self, url: URL, statement_seconds: float) -> None:
        self._url = url
        self._statement_seconds = statement_seconds
        self._waiting: dict[int, _Waiting] = {}
        # Where the connections led that were last waited for; and, while the server is down, where
        # its name leads now.
        self._peers: list[Place] = []
        self._found: list[Place] = []
        self._asking, self._finding = Errand(self._ask), Errand(self._find)
        self._asked_at = 0.0
        # Whether new connections are refused, the server having given no sign of life.
        self.is_down = False

    def watch(self, engine: Engine) -> None:
        """Look after every statement, commit and connection of the engine."""

        @event.listens_for(engine, "before_cursor_execute")
        def begun(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
            # What is undone is undone however late.
            is_bounded = self._statement_seconds < math.inf and statement[:8] != "ROLLBACK"
            if is_bounded and deadline.is_over():
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

        self._watch_connecting(engine)

    def _watch_connecting(self, engine: Engine) -> None:
        @event.listens_for(engine, "do_connect")
        def connecting(dialect: Any, record: Any, args: Any, options: Any) -> Any:
            if self.is_down:
                raise psycopg2.OperationalError("the database gives no sign of life")
            raw = dialect.connect(*args, **options)
            record.info[_PEER] = db_places.peer(raw)
            # SQLAlchemy asks a new connection this and that by itself.
            self._wait(raw, record.info[_PEER], self._statement_seconds)
            return raw

        # After its own.
        @event.listens_for(engine, "connect")
        def connected(_raw: Any, _record: Any) -> None:
            self._end()

    def look(self) -> None:
        """One look: called again and again by a thread that waits for nobody."""
        now = time.monotonic()
        for thread, waiting in list(self._waiting.items()):
            if now > waiting.deadline:
                self._free(thread, waiting, "overdue")
        oldest = min((waiting.since for waiting in list(self._waiting.values())), default=now)
        is_in_doubt = self.is_down or now - oldest > DOUBT_SECONDS
        # Not again and again: a long statement is no reason to doubt.
        if is_in_doubt and now - self._asked_at >= AGAIN_SECONDS:
            self._asking.begin()

    def _begin(self, connection: Connection) -> None:
        if connection.invalidated:
            return
        raw, info = connection.connection.dbapi_connection, connection.info
        seconds = self._statement_seconds
        if ALLOWED in info:
            # All of a request's together; what ends its transaction has its time all the same.
            left = max(deadline.left_seconds(), deadline.REQUEST_SECONDS)
            seconds = min(info[ALLOWED], left)
        self._wait(raw, info.get(_PEER), seconds)

    def _wait(self, raw: Any, peer: Place | None, seconds: float) -> None:
        now = time.monotonic()
        waiting = _Waiting(raw, peer, now, now + seconds + LATE_SECONDS)
        self._waiting[threading.get_ident()] = waiting

    def _end(self) -> None:
        self._waiting.pop(threading.get_ident(), None)

    def _ask(self) -> None:
        is_alive = db_places.gives_sign(self._places())
        self._asked_at = time.monotonic()
        if is_alive:
            if self.is_down:
                log.info("database_reached_again")
            self.is_down, self._found = False, []
            return
        if not self.is_down:
            log.warning("database_gives_no_sign_of_life", waiting=len(self._waiting))
        self.is_down = True
        # Whoever takes over may stand elsewhere, behind the same name: for the next time.
        self._finding.begin()
        for thread, waiting in list(self._waiting.items()):
            self._free(thread, waiting, "server stopped")

    def _places(self) -> list[Place]:
        """Where to ask; a name is only waited for where nobody was ever connected."""
        peers = [waiting.peer for waiting in list(self._waiting.values()) if waiting.peer]
        self._peers = list(dict.fromkeys(peers)) or self._peers
        if not (self._peers or self._found):
            self._find()
        return [*self._found, *self._peers]

    def _find(self) -> None:
        self._found = db_places.addresses(self._url) or self._found

    def _free(self, thread: int, waiting: _Waiting, why: str) -> None:
        if self._waiting.get(thread) is not waiting:
            return
        if db_places.cut(waiting.connection):
            log.warning("statement_given_up", why=why)
        # Closed meanwhile: nobody waits for it, unless for another by now.
        elif self._waiting.get(thread) is waiting:
            self._waiting.pop(thread, None)
