"""Whether the service lives, and whether it can work."""

from typing import Any

from flask import Blueprint, Response, current_app
from marshmallow import fields
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from src.auth import requires
from src.caller import PUBLIC, Caller
from src.database import db
from src.routes.contract import answers
from src.routes.openapi import VERSION
from src.routes.responses import answer
from src.schemas.base import Shape
from src.utils import schema_version

blueprint = Blueprint("health", __name__)
EXTENSIONS = ("pg_trgm", "unaccent")
_STATE = text("""
SELECT to_regclass('alembic_version') IS NOT NULL AS is_migrated,
       array(SELECT extname::text FROM pg_extension) AS extensions
""")
_SCHEMA_VERSION = text(schema_version.FOUND)


class HealthOut(Shape):
    status = fields.String(required=True, metadata={"enum": ["live"]})


class ReadyOut(Shape):
    status = fields.String(required=True, metadata={"enum": ["ready", "degraded", "unavailable"]})
    database = fields.String(required=True, metadata={"enum": ["ok", "unavailable"]})
    cache = fields.String(required=True, metadata={"enum": ["ok", "unavailable", "off"]})
    extensions = fields.Dict(
        keys=fields.String(), values=fields.Boolean(), required=True,
        metadata={"example": {"pg_trgm": True, "unaccent": True}},
    )  # fmt: skip
    schema_version = fields.String(required=True, allow_none=True)
    version = fields.String(required=True)


@blueprint.get("/health")
@blueprint.get("/api/v1/health", endpoint="get_health_v1")
@requires(PUBLIC, knows_callers=False)
@answers(200, HealthOut, any_query=True)
def get_health(caller: Caller) -> Response:
    """Whether the process answers; touches nothing."""
    return answer({"status": "live"})


@blueprint.get("/health/ready")
@blueprint.get("/api/v1/health/ready", endpoint="get_ready_v1")
@requires(PUBLIC, knows_callers=False)
@answers(200, ReadyOut, also=503, any_query=True)
def get_ready(caller: Caller) -> Response:
    """Whether requests can be served; 503 only without the database."""
    state = _database_state()
    cache = _cache_state()
    extensions = {name: name in (state or {}).get("extensions", ()) for name in EXTENSIONS}
    is_current = state is not None and state["schema_version"] == schema_version.newest()
    whole = cache != "unavailable" and all(extensions.values()) and is_current
    content = {
        "status": "unavailable" if state is None else "ready" if whole else "degraded",
        "database": "unavailable" if state is None else "ok",
        "cache": cache,
        "extensions": extensions,
        "schema_version": state["schema_version"] if state else None,
        "version": VERSION,
    }
    headers = {"Retry-After": "1"} if state is None else {}
    return answer(content, 503 if state is None else 200, headers=headers)


def _database_state() -> dict[str, Any] | None:
    try:
        row = db.session.execute(_STATE).one()
        version = db.session.execute(_SCHEMA_VERSION).scalar() if row.is_migrated else None
    except SQLAlchemyError:
        db.session.rollback()
        return None
    return {"schema_version": version, "extensions": row.extensions}


def _cache_state() -> str:
    ping = current_app.extensions.get("cache_ping")
    if ping is None:
        return "off"
    return "ok" if ping() else "unavailable"
