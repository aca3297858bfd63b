"""Running migrations beside a service: nobody waits long for them, and they try again."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from src.ops.indexes.mend import is_worth_another_try
from src.queries import catalog as catalog_queries
from src.queries import locks
from src.queries.locks import Lock

log = structlog.get_logger("migrations")

# Whoever comes after a statement that waits for a table waits too: shorter than a request's own
# limit, which begins later.
LOCK_SECONDS = 1
# What is done concurrently waits for the transactions that are open; nobody waits for it.
CONCURRENT_LOCK_SECONDS = 60
# Together about a minute, longer than any transaction of the service may take.
ATTEMPTS = 12
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 8.0
TURN_SECONDS = 0.2


def limit_waiting(engine: Engine) -> None:
    """Let each statement wait for locks as long as its kind may."""

    @event.listens_for(engine, "before_cursor_execute")
    def begun(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        is_concurrent = "CONCURRENTLY" in statement.upper()
        seconds = CONCURRENT_LOCK_SECONDS if is_concurrent else LOCK_SECONDS
        cursor.execute(f"SET lock_timeout = '{seconds}s'")


@contextmanager
def turn(engine: Engine) -> Iterator[None]:
    """Migrate alone: another machine's deploy waits here, and then finds nothing left to do.

    Asked again and again, not waited for in the server: a build that runs concurrently would wait
    for that statement in its turn.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_told, mine = False, locks.attempt_for_session(Lock.MIGRATIONS)
        while not connection.execute(mine).scalar_one():
            if not is_told:
                log.warning("waiting_for_another_migration")
            is_told = True
            time.sleep(TURN_SECONDS)
        # Held by the session, which ends with this connection.
        yield


def patiently(engine: Engine, run: Callable[[], None]) -> None:
    """Run what goes on from where it was stopped, again while locks are not to be had.

    Raises sqlalchemy.exc.DBAPIError: another kind, or the last one.
    """
    for attempt in range(1, ATTEMPTS + 1):
        _drop_invalid(engine)
        try:
            run()
        except DBAPIError as error:
            if not is_worth_another_try(error) or attempt == ATTEMPTS:
                raise
            pause = min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS)
            log.warning("migration_waits", attempt=attempt, pause_seconds=pause)
            time.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
        else:
            return


def _drop_invalid(engine: Engine) -> None:
    """What a failed build left keeps its name from the next one, and is kept up for nothing."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in connection.execute(catalog_queries.INVALID).scalars().all():
            quoted = connection.dialect.identifier_preparer.quote(name)
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}")
            log.warning("invalid_index_dropped", index=name)
