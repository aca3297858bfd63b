"""The audit of who saw which candidate: what may be asked of it, and its rows."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from src.models.vocabulary import AuditAction
from src.schemas.application import CompanyName
from src.schemas.base import Shape, Timestamp, Whole, choice
from src.schemas.page import PageIn
from src.schemas.person import PersonRef, named


class AuditIn(PageIn):
    company_id = Whole(low=1, strict=False)
    candidate_id = Whole(low=1, strict=False)
    user_id = Whole(low=1, strict=False, metadata={"description": "The member who saw them."})
    since = Timestamp(metadata={"description": "From this moment on."})
    until = Timestamp(metadata={"description": "Before this moment."})

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        if "since" in data and "until" in data and data["until"] <= data["since"]:
            raise ValidationError("Must be after since.", "until")


class SeenOut(Shape):
    application_id = fields.Integer(required=True)
    candidate_id = fields.Integer(required=True)


class AuditOut(Shape):
    """One request that showed applications to a member of a company."""

    id = fields.Integer(required=True)
    at = Timestamp(required=True)
    action = choice(AuditAction, required=True)
    user = fields.Nested(PersonRef, required=True)
    company = fields.Nested(CompanyName, required=True)
    seen = fields.List(fields.Nested(SeenOut), required=True)


def audit(row: Any) -> dict[str, Any]:
    """The AuditOut of a row."""
    pairs = zip(row.application_ids, row.candidate_ids, strict=True)
    return {
        "id": row.id, "at": row.at, "action": row.action,
        "user": named(row.user_id, row.user_name),
        "company": {"id": row.company_id, "name": row.company_name},
        "seen": [{"application_id": each, "candidate_id": whose} for each, whose in pairs],
    }  # fmt: skip
