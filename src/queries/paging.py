"""Pages of a list: by number, or by the key of the last row seen; the order is always total."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from src.errors import Invalid

# A statement of any columns.
Rows = Select[*tuple[Any, ...]]
# Totals are exact up to here, and "at least" beyond.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: its number and size, and with a cursor the key to go on after.

    `pairs` are the other parameters of the list, as links to its pages spell them; `tie` is what
    its cursors hold to beside these.
    """

    number: int
    size: int
    at: datetime
    after: tuple[Any, ...] | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    tie: str = ""

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def place(self, width: int) -> tuple[Any, ...]:
        """The cursor's key, of so many values.

        Raises Invalid on the key of another order: what was searched can be read otherwise later.
        """
        if self.after is None or len(self.after) != width:
            raise Invalid({"cursor": ["Not a cursor of this list."]})
        return self.after


@dataclass(slots=True)
class Page:
    """One page of rows; `next_key` goes into the cursor, None on the last page."""

    rows: Sequence[Any]
    total: int
    total_relation: str = "eq"
    next_key: tuple[Any, ...] | None = None
    # How many rows can be paged to, where that is less than the total.
    reach: int | None = None
    notes: dict[str, Any] = field(default_factory=dict)
    # The clock makes it another page then, beside the ends of its rows.
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Columns of one direction, the last of them unique; `key` names the row's columns."""

    columns: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]
    key: tuple[str, ...]
    descending: bool = True

    def cut(self, statement: Rows, request: PageRequest) -> Rows:
        """The rows of the page, and one more that tells whether there is a next."""
        ordered = statement.order_by(
            *(column.desc() if self.descending else column.asc() for column in self.columns)
        ).limit(request.size + 1)
        if request.after is None:
            return ordered.offset(request.offset)
        key = request.place(len(self.columns))
        values = tuple_(
            *(literal(value, column.type) for value, column in zip(key, self.columns, strict=True))
        )
        place = tuple_(*self.columns)
        return ordered.where(place < values if self.descending else place > values)

    def again(self, statement: Rows, page: Subquery) -> Rows:
        """The rows of a page that was cut already, in its order once more."""
        places = (page.c[name] for name in self.key)
        return statement.order_by(
            *(place.desc() if self.descending else place.asc() for place in places)
        )

    def key_of(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in self.key)


def bounded(counted: int, most: int = COUNTED) -> tuple[int, str]:
    """A number of matches, counted to one beyond `most`, as a total and its relation."""
    return min(counted, most), "gte" if counted > most else "eq"


def bounded_count(statement: Rows) -> Rows:
    """How many rows the statement has, counting no further than COUNTED + 1."""
    rows = statement.with_only_columns(literal(1)).order_by(None).limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(rows)
