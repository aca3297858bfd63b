"""Reads the servers: what PostgreSQL says of its work, with values taken out of all texts."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session

from src.database import read_together
from src.queries import performance as performance_queries
from src.utils.db_failures import sqlstate
from src.utils.db_optimization import fingerprint

# Of a session or a connection, in a transaction.
Execute = Callable[..., Any]
Row = dict[str, Any]
Told = TypeVar("Told")


def glance(session: scoped_session[Any] | Session) -> Row | None:
    """The figures of a scrape, in two statements.

    Empty from a server that refuses to tell, None from one that gives no answer: the guard of the
    application's statements frees them from one that is stopped.
    """
    # A savepoint needs a transaction; what nobody in particular reads has none.
    read_together()
    try:
        return vitals(session.execute)
    except SQLAlchemyError as error:
        session.rollback()
        refused = isinstance(error, DBAPIError) and sqlstate(error)
        return {} if refused else None


def vitals(execute: Execute) -> Row:
    """The server's own counters, this database's connections, and the outbox of the cache."""
    row = dict(execute(performance_queries.VITALS).mappings().one())
    outbox = None
    if row.pop("has_outbox"):
        # A migration may hold the table.
        outbox = _if_told(
            execute, lambda: dict(execute(performance_queries.OUTBOX).mappings().one())
        )
    return {**row, "outbox": outbox}


def everything(execute: Execute) -> Row:
    """The vitals, and what takes longer: tasks, locks, transactions, tables, indexes and so on."""
    found = vitals(execute)
    before = found["version_number"] < 160000
    indexes = performance_queries.INDEXES_BEFORE_16 if before else performance_queries.INDEXES
    has_statements = found.pop("has_statements")
    return {
        **found,
        "size_bytes": execute(performance_queries.SIZE).scalar_one(),
        "tasks": _if_told(
            execute, lambda: dict(execute(performance_queries.TASKS).mappings().one())
        ),
        "locks": _locks(execute),
        "transactions": _masked(execute, performance_queries.TRANSACTIONS),
        "tables": _rows(execute, performance_queries.TABLES),
        "indexes": _rows(execute, indexes),
        "statements": _statements(execute) if has_statements else None,
    }


def _rows(execute: Execute, query: TextClause) -> list[Row]:
    return [dict(row) for row in execute(query).mappings()]


def _masked(execute: Execute, query: TextClause) -> list[Row]:
    """Rows whose `query` is replaced by its fingerprint."""
    rows = _rows(execute, query)
    for row in rows:
        row["fingerprint"] = fingerprint(row.pop("query") or "")
    return rows


def _locks(execute: Execute) -> list[Row]:
    """Each session that waits for a lock, with those that hold it up."""
    found: dict[int, Row] = {}
    for row in _masked(execute, performance_queries.LOCKS):
        waiting = {name: row[name] for name in ("pid", "waited_seconds", "fingerprint")}
        entry = found.setdefault(row["pid"], waiting | {"blocked_by": []})
        entry["blocked_by"].append(
            {
                "pid": row["blocker_pid"],
                "state": row["blocker_state"],
                "transaction_seconds": row["blocker_seconds"],
                "fingerprint": fingerprint(row["blocker_query"] or ""),
            }
        )
    return list(found.values())


def _statements(execute: Execute) -> list[Row] | None:
    """The costliest statements; None where the extension is there, but not loaded at start."""
    return _if_told(execute, lambda: _masked(execute, performance_queries.STATEMENTS))


def _if_told(execute: Execute, read: Callable[[], Told]) -> Told | None:
    """What `read` finds, or None where the server refuses; the transaction goes on."""
    execute(text("SAVEPOINT reading"))
    try:
        return read()
    except DBAPIError as error:
        if not sqlstate(error):
            raise
        execute(text("ROLLBACK TO SAVEPOINT reading"))
        return None
