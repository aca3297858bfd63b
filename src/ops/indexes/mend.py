"""Running the mending: one statement at a time, never waiting long for a lock, tried again."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from src.database import db
from src.ops.indexes.actions import Action, Step
from src.ops.indexes.catalog import CannotAudit
from src.queries import catalog as catalog_queries
from src.queries import locks
from src.queries.locks import Lock
from src.utils import driver_words
from src.utils.db_failures import sqlstate

# Waiting for a lock, and being the one who is sent away from a deadlock.
_WORTH_ANOTHER_TRY = ("55P03", "40P01")
_NAME_IS_TAKEN = "42P07"
# While a statement that needs the table for itself waits, so does everybody after it.
_EXCLUSIVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a statement waits for a lock, how often it is tried, and the pause that doubles."""

    lock_seconds: float = 5.0
    attempts: int = 4
    pause_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action: planned without attempts, failed with the database's reason."""

    action: Action
    reason: str | None = None
    attempts: int = 0
    seconds: float = 0.0

    @property
    def word(self) -> str:
        if self.reason is not None:
            return "failed"
        return "done" if self.attempts else "planned"


class _Failed(Exception):
    """A statement failed for good."""


@contextmanager
def alone() -> Iterator[Connection]:
    """A connection whose every statement is its own transaction, of the only one to mend.

    Raises CannotAudit when another one does.
    """
    connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        # For the session, since each statement is a transaction of its own.
        turn = locks.attempt_for_session(Lock.OPTIMIZE_DATABASE)
        if not connection.execute(turn).scalar_one():
            raise CannotAudit("another one is running on this database.")
        connection.execute(catalog_queries.NO_LIMIT)
        yield connection
    finally:
        # The lock and the settings end with the server's session, not with a place in the pool.
        if not connection.invalidated:
            connection.detach()
        connection.close()


class Mender:
    """Runs actions; one that fails keeps no other from being run."""

    def __init__(self, connection: Connection, patience: Patience) -> None:
        self._connection = connection
        self._patience = patience
        self._attempts = 0

    def run(self, action: Action) -> Outcome:
        """Run the steps of an action until one fails."""
        started, self._attempts, reason = time.monotonic(), 0, None
        try:
            for step in action.steps:
                self._try(step)
        except _Failed as failed:
            reason = str(failed)
        return Outcome(action, reason, self._attempts, time.monotonic() - started)

    def _try(self, step: Step) -> None:
        for attempt in range(1, self._patience.attempts + 1):
            if self._connection.invalidated:
                raise _Failed("the connection was lost: run it again to go on from here")
            self._attempts = max(self._attempts, attempt)
            try:
                self._execute(step)
            except DBAPIError as error:
                self._clear_up(step, error)
                if not is_worth_another_try(error) or attempt == self._patience.attempts:
                    raise _Failed(driver_words.of(error.orig)) from error
                pause = self._patience.pause_seconds * 2 ** (attempt - 1)
                time.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            else:
                return

    def _execute(self, step: Step) -> None:
        longest = _EXCLUSIVE_SECONDS if step.is_exclusive else self._patience.lock_seconds
        seconds = min(self._patience.lock_seconds, longest)
        # A percent sign in a condition is not the mark of a parameter.
        plain = {"no_parameters": True}
        # 0 would mean: for ever.
        milliseconds = max(1, round(seconds * 1000))
        self._connection.exec_driver_sql(f"SET lock_timeout = {milliseconds}")
        self._connection.exec_driver_sql(step.sql, execution_options=plain)

    def _clear_up(self, step: Step, error: DBAPIError) -> None:
        """Drop what a failed build left: it would be kept up at every write, and serve nothing.

        Where that fails too, the next run finds it.
        """
        if step.leaves is None or sqlstate(error) == _NAME_IS_TAKEN or self._connection.invalidated:
            return
        quoted = self._connection.dialect.identifier_preparer.quote(step.leaves)
        try:
            if self._connection.execute(catalog_queries.IS_INVALID, {"name": quoted}).scalar_one():
                self._execute(Step(f"DROP INDEX CONCURRENTLY {quoted}"))
        except DBAPIError:
            return


def is_worth_another_try(error: DBAPIError) -> bool:
    """Whether only somebody else's locks were in the way."""
    return sqlstate(error) in _WORTH_ANOTHER_TRY
