"""Examples for the OpenAPI document, made of the shapes' own fields."""

from typing import Any

from marshmallow import Schema, fields, validate

from src.schemas.base import Money, Timestamp
from src.schemas.texts import Address, WebLink

_PAST, _AHEAD = "2026-01-31T09:00:00Z", "2099-01-31T09:00:00Z"
# Moments that are still to come, or what is sent is refused.
_TO_COME = ("expires_at", "starts_at", "ends_at", "validThrough")


def example_of(schema: Schema) -> dict[str, Any]:
    """An example made of the fields' own; inputs leave out what is optional and has none."""
    return {
        name: _field_example(field)
        for name, field in schema.fields.items()
        if not (field.load_only and not field.required and "example" not in field.metadata)
    }


def _field_example(field: Any) -> Any:
    if "example" in field.metadata:
        return field.metadata["example"]
    if isinstance(field, fields.Nested):
        return [example_of(field.schema)] if field.schema.many else example_of(field.schema)
    if isinstance(field, fields.List):
        return [_field_example(field.inner)]
    words = [rule.choices for rule in field.validators if isinstance(rule, validate.OneOf)]
    for choices in (*words, field.metadata.get("enum")):
        if choices:
            return next(iter(choices))
    if field.name in _TO_COME:
        return _AHEAD
    kinds = (example for kind, example in _EXAMPLES if isinstance(field, kind))
    return next(kinds, None if field.allow_none else "text")


_EXAMPLES: tuple[tuple[Any, Any], ...] = (
    (Timestamp, _PAST),
    (fields.Date, "2026-01-31"),
    (fields.DateTime, _PAST),
    (fields.Boolean, True),
    (fields.Integer, 1),
    (fields.Float, 0.5),
    (Money, 52000),
    (Address, "ada@example.org"),
    (fields.Email, "ada@example.org"),
    (WebLink, "https://example.org/"),
    (fields.Dict, {}),
    (fields.String, "text"),
)
