"""A job in a list: the shape, and the function that makes it of a row."""

import functools
from decimal import Decimal
from typing import Any

import pycountry
from marshmallow import fields

from src.models import lifecycle
from src.models.lifecycle import JobStatus
from src.models.vocabulary import EmploymentType, ExperienceLevel, SalaryPeriod
from src.schemas.base import Money, Shape, Timestamp, choice
from src.utils import clock
from src.utils.html import snippet
from src.utils.text import slugify


class CompanyRef(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Northwind Clinic"})
    slug = fields.String(required=True, metadata={"example": "northwind-clinic"})
    logo_url = fields.String(required=True, allow_none=True)
    is_verified = fields.Boolean(required=True)


class CategoryRef(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Healthcare"})
    slug = fields.String(required=True, metadata={"example": "healthcare"})


class PlaceOut(Shape):
    city = fields.String(required=True, allow_none=True, metadata={"example": "Berlin"})
    region = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, allow_none=True, metadata={"example": "DE"})
    display = fields.String(required=True, metadata={"example": "Berlin, Germany"})


class SalaryOut(Shape):
    min = Money(required=True, allow_none=True, metadata={"example": 48000})
    max = Money(required=True, allow_none=True, metadata={"example": 56000})
    currency = fields.String(required=True, metadata={"example": "EUR"})
    period = choice(SalaryPeriod, required=True, metadata={"example": "year"})
    display = fields.String(required=True, metadata={"example": "EUR 48,000 – 56,000 a year"})


class JobCard(Shape):
    """A job as lists show it."""

    id = fields.Integer(required=True)
    slug = fields.String(required=True, metadata={"example": "night-nurse-1"})
    title = fields.String(required=True, metadata={"example": "Night nurse"})
    company = fields.Nested(CompanyRef, required=True)
    category = fields.Nested(CategoryRef, required=True, allow_none=True)
    location = fields.Nested(PlaceOut, required=True)
    is_remote = fields.Boolean(required=True)
    employment_type = choice(EmploymentType, required=True, allow_none=True)
    experience_level = choice(ExperienceLevel, required=True, allow_none=True)
    salary = fields.Nested(SalaryOut, required=True, allow_none=True)
    is_featured = fields.Boolean(required=True)
    status = choice(JobStatus, required=True)
    published_at = Timestamp(required=True, allow_none=True)
    expires_at = Timestamp(required=True, allow_none=True)
    snippet = fields.String(required=True)


def card(row: Any) -> dict[str, Any]:
    """The card of a row with the columns of src/queries/job_search.py: CARD_COLUMNS."""
    return {
        "id": row.id,
        "slug": job_slug(row.title, row.id),
        "title": row.title,
        "company": {
            "id": row.company_id,
            "name": row.company_name,
            "slug": row.company_slug,
            "logo_url": row.company_logo_url,
            "is_verified": row.company_is_verified,
        },
        "category": row.category_id
        and {"id": row.category_id, "name": row.category_name, "slug": row.category_slug},
        "location": place(row),
        "is_remote": row.is_remote,
        "employment_type": row.employment_type,
        "experience_level": row.experience_level,
        "salary": salary(row) if row.salary_is_visible else None,
        "is_featured": row.is_featured,
        "status": lifecycle.status_now(row.status, row.expires_at, clock.now()),
        "published_at": row.published_at,
        "expires_at": row.expires_at,
        "snippet": snippet(row.beginning),
    }


@functools.lru_cache(maxsize=4096)
def job_slug(title: str, job_id: int) -> str:
    """The job's name in a URL; it ends in the id, which alone is looked up."""
    return f"{slugify(title) or 'job'}-{job_id}"


def job_url(base_url: str, row: Any) -> str:
    """Where a job is read; `base_url` is PUBLIC_URL."""
    return f"{base_url}/api/v1/jobs/{job_slug(row.title, row.id)}"


def place(row: Any) -> dict[str, Any]:
    """City, region and country of a row, and how a person reads them."""
    display = _place_name(row.city, row.region, row.country, row.is_remote)
    return {"city": row.city, "region": row.region, "country": row.country, "display": display}


@functools.lru_cache(maxsize=4096)
def _place_name(city: str | None, region: str | None, country: str | None, is_remote: bool) -> str:
    parts = [city, region, country_name(country), "Remote" if is_remote else None]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def salary(row: Any) -> dict[str, Any] | None:
    """The salary of a row as the company wrote it, or None when it states none."""
    if row.salary_min is None and row.salary_max is None:
        return None
    parts = row.salary_min, row.salary_max, row.salary_currency, row.salary_period
    least, most, currency, period = parts
    return {
        "min": least, "max": most, "currency": currency, "period": period,
        "display": _salary_words(*parts),
    }  # fmt: skip


@functools.lru_cache(maxsize=4096)
def _salary_words(
    least: Decimal | None, most: Decimal | None, currency: str | None, period: str | None
) -> str:
    amounts = [amount for amount in (least, most) if amount is not None]
    written = " – ".join(_amount(amount) for amount in dict.fromkeys(amounts))
    bound = "up to " if least is None else "from " if most is None else ""
    article = "an" if period == SalaryPeriod.HOUR else "a"
    return f"{bound}{currency} {written} {article} {period}"


@functools.cache
def country_name(code: str | None) -> str | None:
    """The English name of an ISO 3166 code."""
    country = pycountry.countries.get(alpha_2=code) if code else None
    return getattr(country, "common_name", country.name) if country else code


def _amount(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
