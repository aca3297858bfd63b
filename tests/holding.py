"""Holds who writes rows of a table in the midst of it, so that a test need not hit the moment."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg2
from flask import Flask

from tests.factories import rows

_LOCK = 77


@contextmanager
def held(app: Flask, table: str, which: str) -> Iterator[Callable[[], None]]:
    """Whoever writes a row of which this is true waits, until all are let go by this.

    By a constraint, which even those leave on a table who take all triggers and keys off.
    """
    url = app.config["TALENTSPHERE"].migration_database_url.replace("+psycopg2", "")
    with closing(psycopg2.connect(url)) as holder, holder.cursor() as cursor:
        holder.autocommit = True
        cursor.execute(
            "CREATE FUNCTION held() RETURNS boolean LANGUAGE sql AS"
            f" 'SELECT pg_advisory_xact_lock_shared({_LOCK}) IS NOT NULL';"
            f"ALTER TABLE {table} ADD CONSTRAINT held CHECK (NOT ({which}) OR held()) NOT VALID;"
            f"SELECT pg_advisory_lock({_LOCK})"
        )
        try:
            yield lambda: cursor.execute("SELECT pg_advisory_unlock_all()")
        finally:
            cursor.execute(
                "SELECT pg_advisory_unlock_all();"
                f"ALTER TABLE {table} DROP CONSTRAINT held; DROP FUNCTION held()"
            )


def waiting() -> list[int]:
    """The server's processes of those who wait there, or behind them for a turn."""
    return [row.pid for row in rows("SELECT pid FROM pg_stat_activity WHERE wait_event='advisory'")]


def has_gone(pid: int) -> bool:
    """Whether that process has ended."""
    return not rows("SELECT 1 FROM pg_stat_activity WHERE pid = :pid", pid=pid)
