"""Companies, their members, invitations and benefits: what comes in and what goes out."""

from typing import Any

from marshmallow import fields

from src.caller import Caller, MemberRole
from src.models.vocabulary import CompanyStatus
from src.schemas.base import Flag, Shape, Timestamp, Whole, choice
from src.schemas.page import PageIn
from src.schemas.person import PersonOut, PersonRef, named, person
from src.schemas.place import LocationIn
from src.schemas.texts import Address, Block, Line, WebLink

SIZES = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001+")
SORTS = ("name", "newest", "jobs")


class CompaniesIn(PageIn):
    """Filters of GET /companies."""

    q = Line(most=255, metadata={"description": "Words of name, industry and description."})
    industry = Line(most=100)
    verified = Flag()
    sort = choice(SORTS, load_default="name")


class CompanyPatch(Shape):
    """What is absent stays as it is, null clears."""

    name = Line(most=200, least=1, metadata={"example": "Northwind Clinic"})
    description = Block(most=20_000, allow_none=True)
    industry = Line(most=100, allow_none=True, metadata={"example": "Healthcare"})
    website = WebLink(allow_none=True, metadata={"example": "https://northwind.example"})
    logo_url = WebLink(allow_none=True, metadata={"example": "https://northwind.example/l.png"})
    size = choice(SIZES, allow_none=True)
    founded_year = Whole(low=1000, high=2200, allow_none=True, metadata={"example": 1998})
    location = fields.Nested(LocationIn, allow_none=True)


class CompanyIn(CompanyPatch):
    """A new company."""

    name = Line(most=200, least=1, required=True, metadata={"example": "Northwind Clinic"})


class CompanyPlace(Shape):
    city = fields.String(required=True, allow_none=True, metadata={"example": "Bergen"})
    region = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, allow_none=True, metadata={"example": "NO"})


class CompanyOut(Shape):
    """A company; its members see its `status` too."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Northwind Clinic"})
    slug = fields.String(required=True, metadata={"example": "northwind-clinic"})
    description = fields.String(required=True, allow_none=True)
    industry = fields.String(required=True, allow_none=True)
    website = fields.String(required=True, allow_none=True)
    logo_url = fields.String(required=True, allow_none=True)
    size = fields.String(required=True, allow_none=True)
    founded_year = fields.Integer(required=True, allow_none=True)
    location = fields.Nested(CompanyPlace, required=True)
    is_verified = fields.Boolean(required=True)
    live_jobs = fields.Integer(required=True)
    created_at = Timestamp(required=True)
    version = fields.Integer(required=True)
    status = choice(CompanyStatus)


_PLAIN = (
    "id", "name", "slug", "description", "industry", "website", "logo_url", "size",
    "founded_year", "is_verified", "live_jobs", "created_at", "version",
)  # fmt: skip


def company(row: Any, caller: Caller | None = None, *, as_admin: bool = False) -> dict[str, Any]:
    """The company of a row of src/queries/company.py, as the caller sees it."""
    shown = {name: getattr(row, name) for name in _PLAIN}
    shown["location"] = {"city": row.city, "region": row.region, "country": row.country}
    if as_admin or (caller is not None and caller.is_member(row.id)):
        shown["status"] = row.status
    return shown


class MemberOut(Shape):
    user = fields.Nested(PersonOut, required=True)
    role = choice(MemberRole, required=True)
    joined_at = Timestamp(required=True)


class MemberPatch(Shape):
    role = choice(MemberRole)


def member(row: Any) -> dict[str, Any]:
    """The member of a row."""
    return {"user": person(row.id, row), "role": row.role, "joined_at": row.joined_at}


class InvitationIn(Shape):
    email = Address(required=True, metadata={"example": "noor@northwind.example"})
    role = choice(MemberRole, required=True)


class InvitationOut(Shape):
    id = fields.Integer(required=True)
    email = fields.String(required=True, metadata={"example": "noor@northwind.example"})
    role = choice(MemberRole, required=True)
    expires_at = Timestamp(required=True)


def invitation(row: Any) -> dict[str, Any]:
    """The invitation of a row."""
    return {name: getattr(row, name) for name in ("id", "email", "role", "expires_at")}


class InvitingCompany(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Northwind Clinic"})
    slug = fields.String(required=True, metadata={"example": "northwind-clinic"})


class OwnInvitationOut(InvitationOut):
    """An invitation to its receiver, with the token that accepts it."""

    company = fields.Nested(InvitingCompany, required=True)
    token = fields.String(required=True)


class BenefitPatch(Shape):
    name = Line(most=100, least=1, metadata={"example": "Thirty days off"})
    description = Block(most=2_000, allow_none=True)
    position = Whole(high=1000, metadata={"description": "Lower ones come first."})


class BenefitIn(BenefitPatch):
    name = Line(most=100, least=1, required=True, metadata={"example": "Thirty days off"})


class BenefitOut(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Thirty days off"})
    description = fields.String(required=True, allow_none=True)
    position = fields.Integer(required=True)


def benefit(row: Any) -> dict[str, Any]:
    """The benefit of a row."""
    return {name: getattr(row, name) for name in ("id", "name", "description", "position")}


class ActivityOut(Shape):
    """One move of a job or of an application."""

    kind = fields.String(required=True, metadata={"enum": ["job", "application"]})
    id = fields.Integer(required=True, metadata={"description": "Of the job or the application."})
    title = fields.String(required=True, metadata={"description": "The job's title."})
    to = fields.String(required=True, metadata={"example": "published"})
    at = Timestamp(required=True)
    by = fields.Nested(PersonRef, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


# `from` is a word of Python's own, so the field is added by its name.
ActivityOut._declared_fields["from"] = fields.String(
    required=True, allow_none=True, metadata={"example": "draft"}
)


def activity(row: Any) -> dict[str, Any]:
    """The activity of a row."""
    by = named(row.by_id, row.by_name)
    return {
        "kind": row.kind, "id": row.thing_id, "title": row.title, "from": row.from_status,
        "to": row.to_status, "at": row.at, "by": by, "reason": row.reason,
    }  # fmt: skip
