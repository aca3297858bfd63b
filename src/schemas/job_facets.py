"""How the jobs of a search divide: which facets are asked for, and their counts."""

from collections.abc import Mapping
from typing import Any

import pycountry
from marshmallow import fields

from src.queries.job_facets import FACETS
from src.schemas.base import Choices, Shape
from src.schemas.job_search import FacetValue, JobFilters


class JobFacetsIn(JobFilters):
    """The jobs that are meant, and what they are divided by: everything, unless it is said."""

    facets = Choices(FACETS)


class JobFacetsOut(Shape):
    """The counts under all filters; `posted_within` and `salary_min` count up to or from a step."""

    total = fields.Integer(
        required=True, metadata={"description": "How many jobs are found, exact to 10,000."}
    )
    total_relation = fields.String(
        required=True,
        metadata={
            "enum": ["eq", "gte"],
            "description": "gte: there are more than `total`, and counts of words are estimates.",
        },
    )
    facets = fields.Dict(
        required=True, keys=fields.String(), values=fields.List(fields.Nested(FacetValue)),
        metadata={"example": {"remote": [{"value": "true", "label": "Remote", "count": 1}]}},
    )  # fmt: skip


def facets(found: Mapping[str, list[Any]]) -> dict[str, list[dict[str, Any]]]:
    """JobFacetsOut.facets of counted rows."""
    return {
        name: [{"value": row.value, "label": _label(row), "count": row.n} for row in rows]
        for name, rows in found.items()
    }


def _label(row: Any) -> str:
    if row.label is not None:
        return str(row.label)
    if row.facet == "country":
        country = pycountry.countries.get(alpha_2=row.value)
        return str(getattr(country, "name", row.value))
    if row.facet == "remote":
        return "Remote" if row.value == "true" else "On site"
    if row.facet == "posted_within":
        return "1 day" if row.value == "1" else f"{row.value} days"
    if row.facet == "salary_min":
        return f"{int(row.value):,} USD a year"
    return str(row.value).replace("_", " ").capitalize()
