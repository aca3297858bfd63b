"""Signing in: what is sent, and the session that comes back."""

from typing import Any

from marshmallow import fields

from src.caller import Role
from src.schemas.base import Shape, choice
from src.schemas.texts import Address, Line, Secret
from src.schemas.user import UserOut, user

PASSWORD_CHARACTERS = 12


class RegisterIn(Shape):
    email = Address(required=True)
    password = Secret(least=PASSWORD_CHARACTERS, required=True)
    role = choice((Role.CANDIDATE, Role.EMPLOYER), required=True)
    first_name = Line(least=1, most=100, required=True)
    last_name = Line(least=1, most=100, required=True)


class LoginIn(Shape):
    email = Address(required=True)
    password = Secret(required=True)


class SignInOut(Shape):
    user = fields.Nested(UserOut, required=True)
    access_token = fields.String(required=True)
    token_type = fields.String(required=True, metadata={"enum": ["Bearer"]})
    expires_at = fields.DateTime(required=True)


class SessionOut(Shape):
    id = fields.Integer(required=True)
    user_agent = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    is_current = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)


class PasswordIn(Shape):
    password = Secret(required=True)


class PasswordChangeIn(Shape):
    current_password = Secret(required=True)
    new_password = Secret(least=PASSWORD_CHARACTERS, required=True)


class ForgottenIn(Shape):
    email = Address(required=True)


class AcceptedOut(Shape):
    detail = fields.String(required=True)


class ResetIn(Shape):
    token = Line(least=1, most=128, required=True)
    password = Secret(least=PASSWORD_CHARACTERS, required=True)


class TokenIn(Shape):
    token = Line(least=1, most=128, required=True)


def sign_in(made: Any) -> dict[str, Any]:
    """SignInOut of a fresh session."""
    return {
        "user": user(made.user),
        "access_token": made.token,
        "token_type": "Bearer",
        "expires_at": made.expires_at,
    }


def session(row: Any, current_id: int | None) -> dict[str, Any]:
    """SessionOut of a row."""
    return dict(row._mapping) | {"is_current": row.id == current_id}
