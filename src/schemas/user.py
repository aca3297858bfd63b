"""Accounts as they go out, and what may be asked and changed of them."""

from collections.abc import Iterable
from typing import Any

from marshmallow import fields

from src.caller import MemberRole, Role
from src.schemas.base import Flag, Shape, StrictFlag, choice
from src.schemas.page import PageIn
from src.schemas.texts import Line


class UserOut(Shape):
    id = fields.Integer(required=True)
    email = fields.Email(required=True)
    role = choice(Role, required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    email_verified = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    version = fields.Integer(required=True)


class OwnCompanyOut(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    slug = fields.String(required=True)
    role = choice(MemberRole, required=True)


class MeOut(UserOut):
    companies = fields.List(fields.Nested(OwnCompanyOut), required=True)


class MePatch(Shape):
    first_name = Line(least=1, most=100)
    last_name = Line(least=1, most=100)


class UserSearchIn(PageIn):
    q = Line(most=255, load_default=None)
    role = choice(Role, load_default=None)
    is_active = Flag(load_default=None)


class UserPatch(Shape):
    role = choice(Role)
    is_active = StrictFlag()


def user(row: Any) -> dict[str, Any]:
    """UserOut of a row."""
    return {
        "id": row.id,
        "email": row.email,
        "role": row.role,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email_verified": row.email_verified_at is not None,
        "is_active": row.is_active,
        "created_at": row.created_at,
        "version": row.version,
    }


def me(row: Any, companies: Iterable[Any]) -> dict[str, Any]:
    """MeOut of a row and the companies' rows."""
    return user(row) | {"companies": [dict(company._mapping) for company in companies]}
