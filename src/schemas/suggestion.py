"""What is typed so far, and what is suggested."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from src.schemas.base import Shape, Whole
from src.schemas.texts import Line


class SuggestIn(Shape):
    """The letters typed so far; so many suggestions of each kind at most."""

    q = Line(most=100, least=2, required=True, metadata={"example": "nur"})
    size = Whole(low=1, high=20, strict=False, load_default=5)


class SuggestOut(Shape):
    """The commonest of each kind that begin so, with any of their words."""

    titles = fields.List(fields.String(), required=True, metadata={"example": ["Night nurse"]})
    companies = fields.List(fields.String(), required=True, metadata={"example": ["Nursery Ltd"]})
    places = fields.List(fields.String(), required=True, metadata={"example": ["Nuremberg"]})
    skills = fields.List(fields.String(), required=True, metadata={"example": ["nursing"]})
    corrected = fields.String(
        required=True, allow_none=True,
        metadata={"description": "What was looked up instead.", "example": None},
    )  # fmt: skip


def suggestions(labels: Mapping[str, list[str]], corrected: str | None) -> dict[str, Any]:
    """SuggestOut of labels by kind."""
    return {
        "titles": labels["title"], "companies": labels["company"], "places": labels["place"],
        "skills": labels["skill"], "corrected": corrected,
    }  # fmt: skip
