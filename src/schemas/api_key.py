"""API keys as they are asked for and shown."""

from typing import Any

from marshmallow import fields

from src.caller import Scope
from src.schemas.base import Many, Shape, Timestamp, choice
from src.schemas.texts import Line


class ApiKeyIn(Shape):
    name = Line(least=1, most=100, required=True)
    scopes = Many(choice(Scope), least=1, most=len(Scope), required=True)
    expires_at = Timestamp(load_default=None, allow_none=True)


class ApiKeyOut(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    prefix = fields.String(required=True)
    scopes = fields.List(choice(Scope), required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True, allow_none=True)


class NewApiKeyOut(ApiKeyOut):
    key = fields.String(required=True, metadata={"description": "Shown this once."})


def api_key(row: Any) -> dict[str, Any]:
    """ApiKeyOut of a row."""
    return {
        "id": row.id,
        "name": row.name,
        "prefix": row.prefix,
        "scopes": row.scopes,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
    }
