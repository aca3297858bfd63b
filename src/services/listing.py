"""Fetching a page of any list: one statement for the rows, one for the bounded total."""

from src.database import db
from src.queries.paging import COUNTED, Order, Page, PageRequest, Rows, bounded_count


def fetch(statement: Rows, order: Order, request: PageRequest) -> Page:
    """The page of `statement` that `request` asks for, in `order`."""
    counted = db.session.execute(bounded_count(statement)).scalar_one()
    rows = db.session.execute(order.cut(statement, request)).all()
    shown = rows[: request.size]
    return Page(
        shown,
        min(counted, COUNTED),
        "eq" if counted <= COUNTED else "gte",
        order.key_of(shown[-1]) if len(rows) > request.size else None,
    )
