"""The shape of the export of all that is kept of a person."""

from typing import Any

from marshmallow import Schema, fields

from src.schemas.base import Shape, Timestamp


def _rows(name: str, columns: dict[str, Any]) -> fields.List[Any]:
    """A list of rows, whose shape is called by the name."""
    shape: type[Schema] = type(f"Exported{name}", (Shape,), columns)
    return fields.List(fields.Nested(shape), required=True)


def _number() -> fields.Integer:
    return fields.Integer(required=True)


def _text() -> fields.String:
    return fields.String(required=True)


def _note() -> fields.String:
    return fields.String(required=True, allow_none=True)


def _flag() -> fields.Boolean:
    return fields.Boolean(required=True)


def _time() -> Timestamp:
    return Timestamp(required=True)


def _end() -> Timestamp:
    return Timestamp(required=True, allow_none=True)


def _numbers() -> fields.List[Any]:
    return fields.List(fields.Integer(), required=True)


class ExportedAccount(Shape):
    id = _number()
    email = _text()
    role = _text()
    first_name = _text()
    last_name = _text()
    is_active = _flag()
    email_verified_at = _end()
    erased_at = _end()
    created_at = _time()
    updated_at = _time()
    version = _number()


_SEEN = {"at": _time, "company_name": _text, "action": _text, "application_ids": _numbers}
_SECTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "sessions": ("Session", {
        "id": _number, "user_agent": _note, "address": _note, "created_at": _time,
        "expires_at": _time,
    }),
    "mailed_codes": ("MailedCode", {
        "purpose": _text, "created_at": _time, "expires_at": _time, "used_at": _end,
    }),
    "api_keys": ("ApiKey", {
        "id": _number, "name": _text, "prefix": _text, "created_at": _time, "expires_at": _end,
        "revoked_at": _end, "scopes": lambda: fields.List(fields.String(), required=True),
    }),
    "memberships": ("Membership", {
        "id": _number, "name": _text, "role": _text, "joined_at": _time,
    }),
    "invitations": ("Invitation", {
        "id": _number, "company_name": _text, "role": _text, "is_sent": _flag,
        "created_at": _time, "expires_at": _time, "accepted_at": _end,
    }),
    "applications": ("Application", {
        "id": _number, "job_id": _number, "job_title": _text, "company_name": _text,
        "status": _text, "cover_letter": _note, "resume_url": _note, "source": _note,
        "submitted_at": _time, "status_changed_at": _time, "redacted_at": _end,
    }),
    "application_moves": ("ApplicationMove", {
        "id": _number, "application_id": _number, "from_status": _note, "to_status": _text,
        "at": _time,
    }),
    "interviews": ("Interview", {
        "id": _number, "application_id": _number, "starts_at": _time, "ends_at": _time,
        "mode": _text, "location": _note, "status": _text, "created_at": _time,
    }),
    "bookmarks": ("Bookmark", {"job_id": _number, "job_title": _text, "created_at": _time}),
    "job_reports": ("JobReport", {
        "id": _number, "job_id": _number, "reason": _text, "text": _note, "created_at": _time,
    }),
    "jobs_created": ("JobCreated", {"id": _number, "title": _text, "created_at": _time}),
    "job_moves_made": ("JobMove", {
        "job_id": _number, "from_status": _note, "to_status": _text, "at": _time, "reason": _note,
    }),
    "acts_for_companies": ("Act", {
        "kind": _text, "application_id": _number, "to_status": _note, "at": _time,
    }),
    "counted_attempts": ("CountedAttempts", {"scope": _text, "hits": _number, "ends_at": _time}),
    "kept_answers": ("KeptAnswer", {
        "method": _text, "path": _text, "key": _text, "status": _number, "created_at": _time,
        "expires_at": _time,
    }),
    "saved_searches": ("ExportedSearch", {
        "id": _number, "name": _text, "query": lambda: fields.Dict(required=True),
        "frequency": _text, "alerts_from": _time, "created_at": _time, "updated_at": _time,
    }),
    "alerts": ("ExportedAlert", {
        "id": _number, "search_id": _number, "total": _number, "created_at": _time,
        "sent_at": _end, "expires_at": _time,
        "job_ids": lambda: fields.List(fields.Integer(), required=True),
    }),
    "seen_by": ("SeenBy", _SEEN),
    "looked_at": ("LookedAt", _SEEN),
}  # fmt: skip


class _Head(Shape):
    exported_at = _time()
    account = fields.Nested(ExportedAccount, required=True)


ExportOut: type[Schema] = type(
    "ExportOut",
    (_Head,),
    {
        section: _rows(name, {column: make() for column, make in columns.items()})
        for section, (name, columns) in _SECTIONS.items()
    },
)
