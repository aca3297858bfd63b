"""Spares reads that need no transaction its BEGIN and its ROLLBACK: two messages a request.

At READ COMMITTED each statement sees what is committed when it begins, in a transaction or not.
"""

from collections.abc import Callable
from typing import Any

from psycopg2.extensions import STATUS_READY
from sqlalchemy import Connection, Engine, event


def watch(engine: Engine, reads_alone: Callable[[], bool]) -> None:
    """Let what begins while `reads_alone()` be statements of their own, until it ends."""

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        if reads_alone() and raw.status == STATUS_READY:
            raw.autocommit = True

    @event.listens_for(engine, "checkin")
    def returned(raw: Any, _record: Any) -> None:
        if raw is not None and not raw.closed and raw.autocommit:
            raw.autocommit = False
