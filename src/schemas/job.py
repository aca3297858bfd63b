"""A job as it is written, changed and shown in full."""

import functools
from typing import Any

import pycountry
from marshmallow import ValidationError, fields, validates_schema

from src.caller import Caller
from src.models.lifecycle import JobStatus
from src.models.vocabulary import (
    ApplyBy,
    EmploymentType,
    ExperienceLevel,
    ReportReason,
    SalaryPeriod,
)
from src.schemas.base import Many, Money, Shape, StrictFlag, Timestamp, Whole, choice
from src.schemas.job_card import JobCard, SalaryOut, card, salary
from src.schemas.place import CountryCode
from src.schemas.texts import Address, Block, Line, WebLink
from src.utils.html import sanitise

_TEXT_MOST = 100_000
_STORED_MOST = 200_000


class Markup(Block):
    """HTML of a posting: what may not stay is removed, not refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        markup = sanitise(super()._deserialize(value, attr, data, **options))
        if self.least and not markup:
            raise ValidationError("Must not be blank.")
        # Escaping makes a text of many ampersands longer.
        if len(markup) > _STORED_MOST:
            raise ValidationError(f"Must be at most {_STORED_MOST} characters long once escaped.")
        return markup


class CurrencyCode(Line):
    """A currency by ISO 4217, three letters."""

    def _clean(self, text: str) -> str:
        code = super()._clean(text).upper()
        if len(code) != 3 or pycountry.currencies.get(alpha_3=code) is None:
            raise ValidationError("Must be an ISO 4217 code of three letters.")
        return code


_optional = functools.partial(dict[str, Any], allow_none=True, load_default=None)


class JobPlaceIn(Shape):
    city = Line(most=200, **_optional(metadata={"example": "Berlin"}))
    region = Line(most=200, **_optional())
    country = CountryCode(most=2, **_optional(metadata={"example": "DE"}))


class SalaryIn(Shape):
    min = Money(**_optional(metadata={"example": 48000}))
    max = Money(**_optional(metadata={"example": 56000}))
    currency = CurrencyCode(most=3, required=True, metadata={"example": "EUR"})
    period = choice(SalaryPeriod, required=True, metadata={"example": "year"})
    is_visible = StrictFlag(load_default=True, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def states_an_amount(self, data: dict[str, Any], *, partial: Any, **_: Any) -> None:
        """Of a new job: a change may name the currency alone."""
        if not partial and data["min"] is None and data["max"] is None:
            raise ValidationError("Needs min or max.")


class ApplyIn(Shape):
    """Where applications go: `url` and `email` need their address."""

    type = choice(ApplyBy, load_default=ApplyBy.INTERNAL.value, allow_none=True)
    url = WebLink(**_optional(metadata={"example": None}))
    email = Address(**_optional(metadata={"example": None}))


class JobFields(Shape):
    """What a company may say of a job."""

    title = Line(most=300, least=1, required=True, metadata={"example": "Night nurse"})
    description = Markup(
        most=_TEXT_MOST, least=1, required=True,
        metadata={"example": "<p>Care for patients through the night.</p>"},
    )  # fmt: skip
    category_id = Whole(low=1, **_optional(metadata={"example": None}))
    location = fields.Nested(JobPlaceIn, **_optional())
    is_remote = StrictFlag(load_default=False, allow_none=True)
    employment_type = choice(EmploymentType, **_optional())
    experience_level = choice(ExperienceLevel, **_optional())
    salary = fields.Nested(SalaryIn, **_optional())
    requirements = Markup(most=_TEXT_MOST, **_optional())
    responsibilities = Markup(most=_TEXT_MOST, **_optional())
    benefits = Markup(most=_TEXT_MOST, **_optional())
    skills = Many(Line(most=100, least=1), most=50, **_optional(metadata={"example": ["Triage"]}))
    application = fields.Nested(ApplyIn, **_optional())
    external_id = Line(most=200, least=1, **_optional())
    expires_at = Timestamp(
        **_optional(
            metadata={
                "description": "Default: 30 days after publishing; at most 180.",
                "example": None,
            }
        )
    )


class JobIn(JobFields):
    """A new job."""

    company_id = Whole(low=1, metadata={"description": "May be left out with one company."})
    publish = StrictFlag(load_default=False)


class JobPatch(JobFields):
    """A change: absent means unchanged, null means cleared, nested objects merge by key."""

    location = fields.Nested(JobPlaceIn(partial=True), allow_none=True)
    salary = fields.Nested(SalaryIn(partial=True), allow_none=True)
    application = fields.Nested(ApplyIn(partial=True), allow_none=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"partial": True, **options})


class MoveIn(Shape):
    to = choice(JobStatus, required=True, metadata={"example": "published"})
    reason = Line(most=1000, **_optional())


class TakedownIn(Shape):
    reason = Line(most=1000, least=1, required=True, metadata={"example": "Asks for a fee."})


class ReportIn(Shape):
    reason = choice(ReportReason, required=True)
    text = Block(most=5000, **_optional())


class ReportOut(Shape):
    id = fields.Integer(required=True)
    job_id = fields.Integer(required=True)
    reason = choice(ReportReason, required=True)
    text = fields.String(required=True, allow_none=True)
    created_at = Timestamp(required=True)


class ApplyOut(Shape):
    type = choice(ApplyBy, required=True)
    url = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)


class SalaryDetail(SalaryOut):
    is_visible = fields.Boolean(metadata={"description": "For members of the company."})


class JobDetail(JobCard):
    """A job in full; the counts are for members of its company."""

    salary = fields.Nested(SalaryDetail, required=True, allow_none=True)
    description = fields.String(required=True, metadata={"description": "Sanitised HTML."})
    requirements = fields.String(required=True, allow_none=True)
    responsibilities = fields.String(required=True, allow_none=True)
    benefits = fields.String(required=True, allow_none=True)
    skills = fields.List(fields.String(), required=True)
    application = fields.Nested(ApplyOut, required=True)
    external_id = fields.String(required=True, allow_none=True)
    first_published_at = Timestamp(required=True, allow_none=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    version = fields.Integer(required=True)
    view_count = fields.Integer()
    application_count = fields.Integer()
    bookmark_count = fields.Integer()


_AS_THEY_ARE = (
    "description", "requirements", "responsibilities", "benefits", "skills", "external_id",
    "first_published_at", "created_at", "updated_at", "version",
)  # fmt: skip


def detail(row: Any, caller: Caller) -> dict[str, Any]:
    """The job of a row of src/queries/job.py: DETAIL, as this caller may see it."""
    shown = card(row)
    shown |= {name: getattr(row, name) for name in _AS_THEY_ARE}
    shown["application"] = {
        "type": row.application_type, "url": row.application_url, "email": row.application_email
    }  # fmt: skip
    if caller.is_member(row.company_id):
        shown |= counts(row)
        stated = salary(row)
        shown["salary"] = stated and {**stated, "is_visible": row.salary_is_visible}
    return shown


def counts(row: Any) -> dict[str, int]:
    """What only members of the company learn of a job."""
    return {
        "view_count": row.view_count,
        "application_count": row.application_count,
        "bookmark_count": row.bookmark_count,
    }


def report(row: Any) -> dict[str, Any]:
    """A report as its writer sees it."""
    return {name: getattr(row, name) for name in ("id", "job_id", "reason", "text", "created_at")}
