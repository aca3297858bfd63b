"""A job as search engines read it: schema.org's JobPosting in JSON-LD, by Google's rules for it."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from src.models.vocabulary import ApplyBy, EmploymentType, ExperienceLevel, SalaryPeriod
from src.schemas.base import Money, Shape, Timestamp, choice
from src.schemas.job_card import country_name, job_url
from src.schemas.texts import WebLink

_E, _L = EmploymentType, ExperienceLevel
# Google's words for what an employment can be.
_EMPLOYMENTS = {
    _E.FULL_TIME: "FULL_TIME", _E.PART_TIME: "PART_TIME", _E.CONTRACT: "CONTRACTOR",
    _E.TEMPORARY: "TEMPORARY", _E.INTERNSHIP: "INTERN", _E.VOLUNTEER: "VOLUNTEER",
}  # fmt: skip
EXPERIENCE = {
    _L.ENTRY: "Entry level", _L.JUNIOR: "Junior level", _L.MID: "Mid level",
    _L.SENIOR: "Senior level", _L.LEAD: "Lead level", _L.EXECUTIVE: "Executive level",
}  # fmt: skip


def _thing(kind: str, **properties: fields.Field[Any]) -> type[Schema]:
    """The shape of a schema.org type; what a job does not say is left out."""
    named = fields.String(required=True, metadata={"enum": [kind]})
    return type(f"{kind}Out", (Shape,), {"@type": named, **properties})


_AddressOut = _thing(
    "PostalAddress",
    addressLocality=fields.String(metadata={"example": "Berlin"}),
    addressRegion=fields.String(),
    addressCountry=fields.String(metadata={"example": "DE"}),
)
_AmountOut = _thing(
    "QuantitativeValue",
    value=Money(metadata={"description": "Where there are not both bounds."}),
    minValue=Money(metadata={"example": 48000}), maxValue=Money(metadata={"example": 56000}),
    unitText=choice(
        [period.upper() for period in SalaryPeriod], required=True, metadata={"example": "YEAR"}
    ),
)  # fmt: skip
JobPostingOut = _thing(
    "JobPosting",
    **{"@context": fields.String(required=True, metadata={"enum": ["https://schema.org/"]})},
    title=fields.String(required=True, metadata={"example": "Night nurse"}),
    description=fields.String(required=True, metadata={"description": "HTML, of all its texts."}),
    identifier=fields.Nested(
        _thing(
            "PropertyValue",
            name=fields.String(required=True),
            value=fields.String(required=True, metadata={"example": "1"}),
        ),
        required=True,
    ),
    datePosted=Timestamp(required=True), validThrough=Timestamp(required=True),
    employmentType=choice(_EMPLOYMENTS.values()),
    hiringOrganization=fields.Nested(
        _thing("Organization", name=fields.String(required=True), sameAs=WebLink(), logo=WebLink()),
        required=True,
    ),
    jobLocation=fields.Nested(_thing("Place", address=fields.Nested(_AddressOut, required=True))),
    jobLocationType=choice(["TELECOMMUTE"]),
    applicantLocationRequirements=fields.Nested(
        _thing("Country", name=fields.String(required=True, metadata={"example": "Germany"}))
    ),
    baseSalary=fields.Nested(
        _thing(
            "MonetaryAmount",
            currency=fields.String(required=True, metadata={"example": "EUR"}),
            value=fields.Nested(_AmountOut, required=True),
        )
    ),
    directApply=fields.Boolean(required=True),
    url=WebLink(required=True), skills=fields.String(), industry=fields.String(),
    occupationalCategory=fields.String(), experienceRequirements=fields.String(),
)  # fmt: skip


def job_posting(row: Any, base_url: str) -> dict[str, Any]:
    """JobPostingOut of a row of src/queries/job.py: DETAIL."""
    found = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": row.title,
        "identifier": {
            "@type": "PropertyValue",
            "name": row.company_name,
            "value": row.external_id or str(row.id),
        },
        "datePosted": _second(row.published_at),
        "validThrough": _second(row.expires_at),
        "employmentType": _EMPLOYMENTS.get(row.employment_type),
        "hiringOrganization": _organization(row),
        **_place(row),
        "baseSalary": _salary(row),
        "directApply": row.application_type == ApplyBy.INTERNAL,
        "url": job_url(base_url, row),
        "skills": ", ".join(row.skills),
        "industry": row.company_industry,
        "occupationalCategory": row.category_name,
        "experienceRequirements": EXPERIENCE.get(row.experience_level),
    }
    # There even where nothing was written: the shape promises it.
    return _said(found) | {"description": full_text(row)}


def full_text(row: Any) -> str:
    """All that the company wrote of the job, as one piece of HTML: readers want it complete."""
    parts = (
        ("Responsibilities", row.responsibilities),
        ("Requirements", row.requirements),
        ("Benefits", row.benefits),
    )
    titled = (f"<p><strong>{title}</strong></p>\n{markup}" for title, markup in parts if markup)
    return "\n".join((row.description, *titled))


def place_of(row: Any) -> tuple[str | None, str | None, str | None]:
    """City, region and country of the work: the company's when the job names none."""
    own = (row.city, row.region, row.country)
    return own if any(own) else (row.company_city, row.company_region, row.company_country)


def _organization(row: Any) -> dict[str, Any]:
    return _said(
        {
            "@type": "Organization",
            "name": row.company_name,
            "sameAs": row.company_website,
            "logo": row.company_logo_url,
        }
    )


def _place(row: Any) -> dict[str, Any]:
    city, region, country = place_of(row)
    if row.is_remote:
        applicants = country and {"@type": "Country", "name": country_name(country)}
        return {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": applicants}
    named = {"addressLocality": city, "addressRegion": region, "addressCountry": country}
    address = _said(named)
    return {
        "jobLocation": address
        and {"@type": "Place", "address": {"@type": "PostalAddress", **address}}
    }


def _salary(row: Any) -> dict[str, Any] | None:
    """The salary, unless it is hidden; a single bound is its value."""
    low, high = row.salary_min, row.salary_max
    if not row.salary_is_visible or (low is None and high is None):
        return None
    amount = {"@type": "QuantitativeValue", "unitText": row.salary_period.upper()}
    if low is None or high is None or low == high:
        amount["value"] = high if low is None else low
    else:
        amount |= {"minValue": low, "maxValue": high}
    return {"@type": "MonetaryAmount", "currency": row.salary_currency, "value": amount}


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _said(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in (None, "", {})}
