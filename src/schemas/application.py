"""Applications, their history, notes and interviews: what comes in and what goes out."""

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from src.models.lifecycle import ApplicationStatus
from src.models.vocabulary import InterviewMode, InterviewStatus
from src.schemas.base import Choices, Many, Shape, Timestamp, Whole, choice
from src.schemas.job_card import job_slug
from src.schemas.page import PageIn
from src.schemas.person import PersonOut, PersonRef, named, person
from src.schemas.texts import Block, Line, WebLink

SORTS = ("newest", "oldest", "rating")
# The value itself, for links and keys leave out what equals the default; nobody adds to it.
_ANY: list[str] = []


class ApplicationIn(Shape):
    cover_letter = Block(
        most=20_000, allow_none=True, load_default=None,
        metadata={"example": "I have worked nights for six years."},
    )  # fmt: skip
    resume_url = WebLink(
        allow_none=True, load_default=None, metadata={"example": "https://cv.example/ada.pdf"}
    )
    source = Line(most=100, allow_none=True, load_default=None, metadata={"example": "newsletter"})


class ApplicationPatch(Shape):
    rating = Whole(low=1, high=5, allow_none=True, metadata={"example": 4})


class MoveIn(Shape):
    to = choice(ApplicationStatus, required=True, metadata={"example": "shortlisted"})
    reason = Line(most=500, allow_none=True, load_default=None)


class BulkMoveIn(MoveIn):
    application_ids = Many(
        Whole(low=1), most=10_000, least=1, required=True, metadata={"example": [1, 2]}
    )


class OwnApplicationsIn(PageIn):
    status = Choices(ApplicationStatus, load_default=_ANY)


class JobApplicationsIn(PageIn):
    """Filters of a company's applications; `q` looks at names and addresses."""

    status = Choices(ApplicationStatus, load_default=_ANY)
    min_rating = Whole(low=1, high=5, strict=False)
    q = Line(most=255)
    sort = choice(SORTS, load_default="newest")


class EmployerApplicationsIn(JobApplicationsIn):
    company_id = Whole(low=1, strict=False)
    job_id = Whole(low=1, strict=False)


class TopCandidatesIn(PageIn):
    job_id = Whole(low=1, strict=False, required=True, metadata={"example": 1})


class CompanyName(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Northwind Clinic"})


class JobName(Shape):
    id = fields.Integer(required=True)
    slug = fields.String(required=True, metadata={"example": "night-nurse-1"})
    title = fields.String(required=True, metadata={"example": "Night nurse"})
    company = fields.Nested(CompanyName, required=True)


class OwnApplicationOut(Shape):
    """An application as its candidate sees it."""

    id = fields.Integer(required=True)
    job = fields.Nested(JobName, required=True)
    status = choice(ApplicationStatus, required=True)
    cover_letter = fields.String(required=True, allow_none=True)
    resume_url = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    submitted_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    version = fields.Integer(required=True)


class ApplicationOut(OwnApplicationOut):
    """An application; the company also sees who, how rated, and how many notes."""

    candidate = fields.Nested(PersonOut)
    rating = fields.Integer(allow_none=True)
    notes_count = fields.Integer()


_PLAIN = (
    "id", "status", "cover_letter", "resume_url", "source", "submitted_at", "updated_at", "version",
)  # fmt: skip


def own_application(row: Any) -> dict[str, Any]:
    """The application of a row of src/queries/application.py, for its candidate."""
    shown = {name: getattr(row, name) for name in _PLAIN}
    company = {"id": row.company_id, "name": row.company_name}
    slug = job_slug(row.title, row.job_id)
    shown["job"] = {"id": row.job_id, "slug": slug, "title": row.title, "company": company}
    return shown


def application(row: Any) -> dict[str, Any]:
    """The same for the company."""
    candidate = person(row.candidate_id, row)
    more = {"candidate": candidate, "rating": row.rating, "notes_count": row.notes_count}
    return own_application(row) | more


class HistoryOut(Shape):
    """One move; candidates see neither reasons nor the people of the company."""

    to = choice(ApplicationStatus, required=True)
    at = Timestamp(required=True)
    by = fields.Nested(PersonRef, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


# `from` is a word of Python's own, so the field is added by its name.
HistoryOut._declared_fields["from"] = choice(ApplicationStatus, required=True, allow_none=True)


def history_row(row: Any, reader_id: int | None = None) -> dict[str, Any]:
    """The move of a row; `reader_id` is the candidate it is shown to, if it is."""
    is_hidden = reader_id is not None and row.by_id != reader_id
    by = None if is_hidden else named(row.by_id, row.by_name)
    return {
        "from": row.from_status, "to": row.to_status, "at": row.at, "by": by,
        "reason": row.reason if reader_id is None else None,
    }  # fmt: skip


class NoteIn(Shape):
    body = Block(most=10_000, least=1, required=True, metadata={"example": "Calm, precise."})


class NoteOut(Shape):
    id = fields.Integer(required=True)
    body = fields.String(required=True)
    author = fields.Nested(PersonRef, required=True, allow_none=True)
    created_at = Timestamp(required=True)


def note(row: Any) -> dict[str, Any]:
    """The note of a row."""
    author = named(row.author_id, row.author_name)
    return {"id": row.id, "body": row.body, "author": author, "created_at": row.created_at}


class InterviewPatch(Shape):
    starts_at = Timestamp(metadata={"example": "2030-01-31T09:00:00Z"})
    ends_at = Timestamp(metadata={"example": "2030-01-31T10:00:00Z"})
    mode = choice(InterviewMode)
    location = Line(most=500, allow_none=True)
    notes = Block(most=10_000, allow_none=True)
    status = choice(InterviewStatus)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        starts_at: datetime | None = data.get("starts_at")
        ends_at: datetime | None = data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            raise ValidationError("Must be after starts_at.", "ends_at")


class InterviewIn(InterviewPatch):
    class Meta(Shape.Meta):
        exclude = ("status",)

    starts_at = Timestamp(required=True, metadata={"example": "2030-01-31T09:00:00Z"})
    ends_at = Timestamp(required=True, metadata={"example": "2030-01-31T10:00:00Z"})
    mode = choice(InterviewMode, required=True)


class InterviewOut(Shape):
    id = fields.Integer(required=True)
    application_id = fields.Integer(required=True)
    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)
    mode = choice(InterviewMode, required=True)
    location = fields.String(required=True, allow_none=True)
    notes = fields.String(
        required=True, allow_none=True, metadata={"description": "Null for candidates."}
    )
    status = choice(InterviewStatus, required=True)


_INTERVIEW = (
    "id", "application_id", "starts_at", "ends_at", "mode", "location", "notes", "status",
)  # fmt: skip


def interview(row: Any) -> dict[str, Any]:
    """The interview of a row, for the company."""
    return {name: getattr(row, name) for name in _INTERVIEW}


def own_interview(row: Any) -> dict[str, Any]:
    """The same for the candidate: the notes are the company's."""
    return interview(row) | {"notes": None}


class SkippedOut(Shape):
    id = fields.Integer(required=True)
    reason = fields.String(
        required=True, metadata={"enum": ["not_found", "forbidden", "not_allowed"]}
    )


class BulkMoveOut(Shape):
    updated = fields.Integer(required=True)
    skipped = fields.List(fields.Nested(SkippedOut), required=True)
