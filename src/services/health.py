"""Whether requests can be served: what the database and the cache are found to be."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from src.database import db
from src.queries import health as health_queries
from src.utils import schema_version
from src.version import VERSION

EXTENSIONS = ("pg_trgm", "unaccent")


def read(ping: Callable[[], bool] | None) -> dict[str, Any]:
    """The state of all that requests are served from: `unavailable` only without the database.

    `ping` tells whether the cache server is there; None where there is none.
    """
    state = _database_state()
    cache = _cache_state(ping)
    extensions = {name: name in (state or {}).get("extensions", ()) for name in EXTENSIONS}
    is_current = state is not None and state["schema_version"] == schema_version.newest()
    whole = cache != "unavailable" and all(extensions.values()) and is_current
    return {
        "status": "unavailable" if state is None else "ready" if whole else "degraded",
        "database": "unavailable" if state is None else "ok",
        "cache": cache,
        "extensions": extensions,
        "schema_version": state["schema_version"] if state else None,
        "version": VERSION,
    }


def _database_state() -> dict[str, Any] | None:
    """None when it gives no answer."""
    try:
        row = db.session.execute(health_queries.STATE).one()
        version = (
            db.session.execute(health_queries.SCHEMA_VERSION).scalar() if row.is_migrated else None
        )
    except SQLAlchemyError:
        db.session.rollback()
        return None
    return {"schema_version": version, "extensions": row.extensions}


def _cache_state(ping: Callable[[], bool] | None) -> str:
    if ping is None:
        return "off"
    return "ok" if ping() else "unavailable"
