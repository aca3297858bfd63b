"""What a failure of the database says: its code, whether it will pass, what rule was broken."""

from typing import Any

from sqlalchemy import Constraint, Index, MetaData
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from src.errors import Conflict, DomainError, Invalid, Unavailable
from src.utils import driver_words

# SQLSTATE classes and codes that say: not now.
_BUSY = ("57014", "55P03", "40001", "40P01", "53", "57P0", "08")
_TAKEN = "23505"


def sqlstate(error: DBAPIError) -> str:
    """The server's code, empty when it said none."""
    return driver_words.sqlstate(error.orig)


def is_outage(error: Exception) -> bool:
    """Whether the database could not be asked or would not answer now, whatever was asked."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout | Unavailable)
    code = sqlstate(error)
    lost = isinstance(error, OperationalError | InterfaceError) and not code
    return code.startswith(_BUSY) or lost or error.connection_invalidated


def explain(error: IntegrityError, metadata: MetaData) -> DomainError:
    """The violated constraint in the words that its `info` has (`says`, `field`), never the
    driver's: Conflict where something is there already, else Invalid.
    """
    diagnosis: Any = getattr(error.orig, "diag", None)
    info = _info(getattr(diagnosis, "constraint_name", None), metadata)
    says = info.get("says")
    if sqlstate(error) == _TAKEN:
        return Conflict(says or "This already exists.", field=info.get("field"))
    column = info.get("field") or getattr(diagnosis, "column_name", None) or "body"
    return Invalid({column: [says or "This value is not allowed."]})


def _info(name: str | None, metadata: MetaData) -> dict[str, str]:
    for table in metadata.tables.values():
        known: list[Constraint | Index] = [*table.constraints, *table.indexes]
        for constraint in known:
            if name and constraint.name == name:
                return {str(key): str(value) for key, value in constraint.info.items()}
    return {}
