"""Categories: what comes in, and the tree that goes out."""

from typing import Any

from marshmallow import fields

from src.schemas.base import Shape, Whole
from src.schemas.texts import Line


class CategoryPatch(Shape):
    name = Line(most=100, least=1, metadata={"example": "Nursing"})
    parent_id = Whole(low=1, allow_none=True, metadata={"example": None})
    position = Whole(high=1000, metadata={"description": "Lower ones come first."})


class CategoryIn(CategoryPatch):
    name = Line(most=100, least=1, required=True, metadata={"example": "Nursing"})


class CategoryOut(Shape):
    """A category with its children; live_jobs counts theirs too."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Nursing"})
    slug = fields.String(required=True, metadata={"example": "nursing"})
    live_jobs = fields.Integer(required=True)
    children = fields.List(fields.Nested("CategoryOut"), required=True, metadata={"example": []})


def tree(rows: list[Any], top: int | None = None) -> list[dict[str, Any]]:
    """The rows as trees of CategoryOut below `top`, siblings in their order."""
    found = []
    for row in rows:
        if row.parent_id == top:
            children = tree(rows, row.id)
            live = row.live_jobs + sum(child["live_jobs"] for child in children)
            found.append(
                {"id": row.id, "name": row.name, "slug": row.slug, "live_jobs": live,
                 "children": children}
            )  # fmt: skip
    return found
