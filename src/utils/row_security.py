"""For whom a transaction asks: what row-level security goes by, told to the database unasked.

The settings end with the transaction, so that neither a pool nor a pooler carries the rights of one
caller to the next. They are sent in front of the first statement that follows, in the same message:
no statement more, and nothing to wait for.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Engine, event

# In `Connection.info`: what the running transaction was told last; None when that may be undone.
_TOLD = "asks_for"
_BEGINNING = "SELECT set_config('talentsphere."
_END = ";\n"
# Nothing may stand before these: the transaction may have failed.
_CONTROL = ("SAVEPOINT", "ROLLBACK", "RELEASE")


def words(
    user_id: int | None = None,
    role: str = "",
    company_ids: Iterable[int] = (),
    address: str = "",
) -> str:
    """The statement that says who asks: a user, or somebody at an address."""
    told = {
        "user_id": "" if user_id is None else str(int(user_id)),
        "role": role,
        "company_ids": "{" + ",".join(str(int(each)) for each in company_ids) + "}",
        "address": address,
    }
    settings = ", ".join(
        f"set_config('talentsphere.{name}', '{_quoted(value)}', true)"
        for name, value in told.items()
    )
    return f"SELECT {settings}{_END}"


def watch(engine: Engine, asks_for: Callable[[], str]) -> None:
    """Tell each transaction of the engine for whom it asks: the `words`, or "" for nobody."""

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.info.pop(_TOLD, None)

    @event.listens_for(engine, "rollback_savepoint")
    def undone(connection: Connection, *_: Any) -> None:
        connection.info[_TOLD] = None

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def tell(
        connection: Connection, _cursor: Any, statement: str, values: Any, *_: Any
    ) -> tuple[str, Any]:
        asker = asks_for()
        if connection.info.get(_TOLD, "") == asker or statement.startswith(_CONTROL):
            return statement, values
        connection.info[_TOLD] = asker
        return (asker or NOBODY) + statement, values


def without_words(statement: str) -> str:
    """The statement alone."""
    return statement.partition(_END)[2] if statement.startswith(_BEGINNING) else statement


def _quoted(value: str) -> str:
    """In a literal, of a statement whose driver reads the percent sign."""
    return value.replace("'", "''").replace("%", "%%")


NOBODY = words()
