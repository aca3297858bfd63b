"""Fetching a page of any list: one statement for the rows, one for the bounded total."""

from src.database import db
from src.queries.paging import COUNTED, Order, Page, PageRequest, Rows, bounded_count


def fetch(statement: Rows, order: Order, request: PageRequest, page: Rows | None = None) -> Page:
    """The page of `statement` that `request` asks for, in `order`.

    `page` is its rows, and one more, where they are not simply cut from the statement.
    """
    counted = db.session.execute(bounded_count(statement)).scalar_one()
    cut = order.cut(statement, request) if page is None else page
    rows = db.session.execute(cut).all()
    shown = rows[: request.size]
    return Page(
        shown,
        min(counted, COUNTED),
        "eq" if counted <= COUNTED else "gte",
        order.key_of(shown[-1]) if len(rows) > request.size else None,
    )
