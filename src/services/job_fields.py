"""From the nested fields of a request to a job's columns, and the rules between columns."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from src.database import db
from src.errors import Invalid
from src.models import Category
from src.models.vocabulary import ApplyBy

LONGEST_LIFE = timedelta(days=180)

_NESTED = {
    "location": {"city": "city", "region": "region", "country": "country"},
    "salary": {
        "min": "salary_min", "max": "salary_max", "currency": "salary_currency",
        "period": "salary_period", "is_visible": "salary_is_visible",
    },
    "application": {
        "type": "application_type", "url": "application_url", "email": "application_email",
    },
}  # fmt: skip
_CLEARED = {
    "is_remote": False, "salary_is_visible": True, "application_type": ApplyBy.INTERNAL.value,
    "skills": [],
}  # fmt: skip
_NO_COLUMN = ("publish", "company_id")


def columns_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a body names; null clears, and a nested object names only its keys."""
    columns: dict[str, Any] = {}
    for name, value in body.items():
        if name in _NO_COLUMN:
            continue
        inner = _NESTED.get(name)
        if inner is None:
            columns[name] = value
        elif value is None:
            columns |= dict.fromkeys(inner.values())
        else:
            columns |= {inner[key]: part for key, part in value.items()}
    for name, cleared in _CLEARED.items():
        if name in columns and columns[name] is None:
            columns[name] = cleared
    if "skills" in columns:
        columns["skills"] = list(dict.fromkeys(columns["skills"]))
    return columns


def problems(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong between the columns of a whole job, under the names of the request."""
    found: dict[str, list[str]] = {}
    low, high = values["salary_min"], values["salary_max"]
    if low is not None and high is not None and low > high:
        found["salary.max"] = ["Must not be below salary.min."]
    if low is not None or high is not None:
        for part in ("currency", "period"):
            if values[f"salary_{part}"] is None:
                found[f"salary.{part}"] = ["Needed with an amount."]
    for kind in (ApplyBy.URL, ApplyBy.EMAIL):
        if values["application_type"] == kind and not values[f"application_{kind}"]:
            found[f"application.{kind}"] = [f"Needed when application.type is {kind}."]
    return found


def check_expiry(expires_at: datetime | None, begun: datetime, now: datetime) -> None:
    """Raises Invalid when a job that began then may not end so."""
    if expires_at is None:
        return
    if expires_at <= now:
        raise Invalid({"expires_at": ["Must be in the future."]})
    if expires_at > begun + LONGEST_LIFE:
        most = f"Must be at most {LONGEST_LIFE.days} days after publishing."
        raise Invalid({"expires_at": [most]})


def unknown_categories(category_ids: set[int]) -> set[int]:
    """Those that are no category; at most one statement."""
    if not category_ids:
        return set()
    known = db.session.scalars(select(Category.id).where(Category.id.in_(category_ids)))
    return category_ids - set(known)


def check(values: Mapping[str, Any], category_id: int | None) -> None:
    """Raises Invalid when the columns of a whole job break a rule, or its category is unknown."""
    found = problems(values)
    if category_id is not None and unknown_categories({category_id}):
        found["category_id"] = ["There is no such category."]
    if found:
        raise Invalid(found)
