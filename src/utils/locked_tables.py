"""Refuses at once what would wait for a table that nobody may read.

A worker does one thing at a time. Each that waits the second of `lock_timeout` for a table is
missing to all who ask for what needs no table, or another one: a few a second take every worker.
So when a statement has waited for a lock in vain, PostgreSQL is asked again and again which tables
are locked against reading, or about to be, and a request's statement that names one of these does
not begin. The row that somebody else holds is no such table, and is waited for as ever.
"""

import re
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Engine, ExceptionContext, event, text
from sqlalchemy.exc import SQLAlchemyError

from src.errors import Unavailable
from src.utils import deadline
from src.utils.background import Errand

log = structlog.get_logger("database")

_LOCK_NOT_AVAILABLE = "55P03"
# Granted or not: reads wait behind one that is waited for, too.
_LOCKED = text("""
SELECT DISTINCT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")


class LockedTables:
    """The tables that the requests of a process need not wait for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_in_doubt = False
        self._named: re.Pattern[str] | None = None
        self._asking = Errand(self._ask)

    def watch(self) -> None:
        """Look after every statement of the engine."""

        @event.listens_for(self._engine, "before_cursor_execute")
        def begun(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            named = self._named
            if named is not None and deadline.is_set() and named.search(statement):
                raise Unavailable("The database takes too long just now.")

        @event.listens_for(self._engine, "handle_error")
        def failed(failure: ExceptionContext) -> None:
            if getattr(failure.original_exception, "pgcode", None) == _LOCK_NOT_AVAILABLE:
                self._is_in_doubt = True

    def look(self) -> None:
        """One look: called again and again by a thread that waits for nobody."""
        if self._is_in_doubt:
            self._asking.begin()

    def _ask(self) -> None:
        try:
            with self._engine.connect() as connection:
                names: Sequence[str] = connection.execute(_LOCKED).scalars().all()
        except SQLAlchemyError:
            # It is asked again; others look after a database that is gone.
            return
        if names and self._named is None:
            log.warning("tables_locked", tables=sorted(names))
        if self._named is not None and not names:
            log.info("tables_free_again")
        self._is_in_doubt = bool(names)
        self._named = _mention_of(names) if names else None


def _mention_of(names: Sequence[str]) -> re.Pattern[str]:
    """What a statement says that reads or writes one of the tables."""
    words = "|".join(map(re.escape, names))
    return re.compile(
        rf'(?:\b(?:FROM|JOIN|INTO|UPDATE|ONLY)\s+|,\s*)"?(?:{words})\b', re.IGNORECASE
    )
