"""Fetching a page of any list: one statement for the rows, one for the bounded total."""

from collections.abc import Callable

from sqlalchemy import Subquery

from src.database import db
from src.queries.paging import Order, Page, PageRequest, Rows, bounded, bounded_count


def fetch(
    statement: Rows,
    order: Order,
    request: PageRequest,
    shown: Callable[[Subquery], Rows] | None = None,
    counted: Rows | None = None,
) -> Page:
    """The page of `statement` that `request` asks for, in `order`.

    With `shown` the statement finds the keys of rows alone, and `shown` joins what they show to
    those of the page: a deep page joins nothing to the rows before it. `counted` are the rows of
    the whole list, where the statement itself is cut.
    """
    total = db.session.execute(
        bounded_count(statement if counted is None else counted)
    ).scalar_one()
    cut = order.cut(statement, request)
    if shown is not None:
        page = cut.subquery("page")
        cut = order.again(shown(page), page)
    rows = db.session.execute(cut).all()
    found = rows[: request.size]
    return Page(
        found,
        *bounded(total),
        order.key_of(found[-1]) if len(rows) > request.size else None,
    )
