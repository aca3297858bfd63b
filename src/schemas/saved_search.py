"""A candidate's saved searches: what comes in, how it is kept, what goes out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from marshmallow import ValidationError, fields

from src.errors import Invalid
from src.models.vocabulary import AlertFrequency
from src.schemas.base import Shape, Timestamp, choice, flatten, spell
from src.schemas.job_search import JobQuery
from src.schemas.texts import Line


class SavedSearchIn(Shape):
    """A search to keep: `query` has the parameters of GET /jobs but those of its pages."""

    name = Line(most=100, least=1, required=True, metadata={"example": "Nights in Bergen"})
    query = fields.Nested(
        JobQuery, required=True, metadata={"example": {"q": "night nurse", "country": "NO"}}
    )
    frequency = choice(
        AlertFrequency, load_default=AlertFrequency.DAILY.value, metadata={"example": "daily"}
    )


class SavedSearchPatch(SavedSearchIn):
    """A change; a `query` replaces the whole one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"partial": ("name", "query", "frequency"), **options})


class SavedSearchOut(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    query = fields.Nested(JobQuery, required=True)
    frequency = choice(AlertFrequency, required=True)
    url = fields.String(
        required=True, metadata={"description": "The search itself.", "example": "/api/v1/jobs"}
    )
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    version = fields.Integer(required=True)


def saved_search(row: Any) -> dict[str, Any]:
    """SavedSearchOut of a row."""
    return {
        "id": row.id, "name": row.name, "query": row.query, "frequency": row.frequency,
        "url": jobs_path(row.query), "created_at": row.created_at, "updated_at": row.updated_at,
        "version": row.version,
    }  # fmt: skip


def kept(query: Mapping[str, Any]) -> dict[str, Any]:
    """A loaded query as it is kept: only what it says, in one spelling, as JSON values."""
    said = _QUERY.said(query)
    return {name: _plain(value) for name, value in said if value not in ("", [])}


def read(kept_query: Mapping[str, Any]) -> dict[str, Any]:
    """A kept query as GET /jobs would read it, with its defaults.

    Raises Invalid when that takes it no more.
    """
    try:
        return dict(_QUERY.load(kept_query))
    except ValidationError as error:
        raise Invalid(flatten(error.messages, "query")) from error


def jobs_path(kept_query: Mapping[str, Any], **more: str) -> str:
    """Where the jobs of a kept query are listed."""
    pairs = {name: spell(value) for name, value in sorted({**kept_query, **more}.items())}
    return f"/api/v1/jobs?{urlencode(pairs)}" if pairs else "/api/v1/jobs"


_QUERY = JobQuery()


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
