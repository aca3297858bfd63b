"""What is told of whether the service lives, and whether it can work."""

from marshmallow import fields

from src.schemas.base import Shape


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
