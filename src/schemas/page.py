"""Pages of a list: what is asked, and the one envelope of what is answered."""

import functools
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validates_schema

from src.schemas.base import Shape, Whole
from src.schemas.texts import Line

# page x page_size beyond this is refused: a cursor goes on in constant time.
REACH = 10_000


class PageIn(Shape):
    """`page`, `page_size` (or `limit`), or the `cursor` of the page before."""

    aliases = frozenset({"limit"})

    page = Whole(low=1, high=REACH, strict=False, load_default=1)
    page_size = Whole(low=1, high=100, strict=False, load_default=20)
    limit = Whole(low=1, high=100, strict=False, metadata={"description": "Alias of page_size."})
    cursor = Line(most=2000, load_default=None)

    @pre_load
    def take_alias(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "limit" in data and "page_size" not in data:
            data = dict(data, page_size=data["limit"])
        return data

    @validates_schema(skip_on_field_errors=True)
    def says_one_size(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("limit") not in (None, data["page_size"]):
            raise ValidationError("Is page_size by another name, and must be the same.", "limit")

    @validates_schema(skip_on_field_errors=True)
    def within_reach(self, data: dict[str, Any], **_: Any) -> None:
        if data["page"] * data["page_size"] > REACH:
            raise ValidationError(f"Beyond {REACH} rows, go on by cursor.", "page")


@functools.cache
def page_of(shape: type[Schema]) -> type[Schema]:
    """The envelope of a list of these shapes."""
    return type(
        f"{shape.__name__}Page",
        (Shape,),
        {
            "items": fields.List(fields.Nested(shape), required=True),
            "total": fields.Integer(required=True),
            "total_relation": fields.String(
                required=True,
                metadata={"enum": ["eq", "gte"], "description": "gte: there are at least so many."},
            ),
            "page": fields.Integer(required=True),
            "page_size": fields.Integer(required=True),
            "total_pages": fields.Integer(required=True),
            "has_next": fields.Boolean(required=True),
            "has_prev": fields.Boolean(required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
    )
