"""What the database's driver says of a failure, for those too who do not load SQLAlchemy."""

import sys

import psycopg2


def of(error: BaseException | None) -> str:
    """The database's own words; not its details, which hold values of rows."""
    diagnosis = getattr(error, "diag", None)
    words = getattr(diagnosis, "message_primary", None) or str(error)
    return " ".join(words.split())


def failure(error: Exception) -> BaseException | None:
    """The driver's own error, which SQLAlchemy may have wrapped; None where it is another kind."""
    if isinstance(error, psycopg2.Error):
        return error
    wrapping = sys.modules.get("sqlalchemy.exc")
    if wrapping is not None and isinstance(error, wrapping.DBAPIError):
        original: BaseException | None = error.orig
        return original
    return None


def sqlstate(error: BaseException | None) -> str:
    """The server's code, empty when it said none."""
    return str(getattr(error, "pgcode", None) or "")
