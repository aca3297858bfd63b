"""People as others see them: with their address, or by name alone."""

from typing import Any

from marshmallow import fields

from src.schemas.base import Shape


class PersonOut(Shape):
    id = fields.Integer(required=True)
    first_name = fields.String(required=True, metadata={"example": "Noor"})
    last_name = fields.String(required=True, metadata={"example": "Haddad"})
    email = fields.String(required=True, metadata={"example": "noor@mail.example"})


class PersonRef(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Ada Berg"})


def person(person_id: int, row: Any) -> dict[str, Any]:
    """A PersonOut of the columns of a row."""
    return {
        "id": person_id, "first_name": row.first_name, "last_name": row.last_name,
        "email": row.email,
    }  # fmt: skip


def named(person_id: int | None, name: str | None) -> dict[str, Any] | None:
    """A PersonRef, None when nobody did it or their account is gone."""
    return None if person_id is None else {"id": person_id, "name": name}
