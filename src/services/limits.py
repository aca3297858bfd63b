"""How often a subject may do a thing, counted exactly in PostgreSQL."""

from datetime import timedelta

from sqlalchemy import ColumnElement, case, delete, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from src.database import unit_of_work
from src.errors import TooMany
from src.models import RateWindow
from src.queries.limits import Limit, counts_of
from src.utils import clock

# Who read the clock and then waited for the row, or has another host's, is behind by less.
_SLACK = timedelta(minutes=1)


def take(limit: Limit, subject: str | int) -> None:
    """Count one attempt; what is refused is not counted.

    Committed at once, or with the transaction it is called in: rolled back when that fails. So
    what is to count however the request ends is counted by the `first` of `@idempotent_after`.

    Raises TooMany when as many as the limit allows were made in the running window.
    """
    now = clock.now()
    ends_at = now + timedelta(seconds=limit.seconds)
    key = {"scope": limit.scope, "subject": str(subject)}
    fresh = insert(RateWindow).values(**key, hits=1, ends_at=ends_at)
    # One that ends later than one begun now was begun by a clock that was ahead.
    is_over = or_(RateWindow.ends_at <= now, RateWindow.ends_at > ends_at + _SLACK)
    counted = fresh.on_conflict_do_update(
        index_elements=[RateWindow.scope, RateWindow.subject],
        set_={
            "hits": case((is_over, 1), else_=RateWindow.hits + 1),
            "ends_at": case((is_over, ends_at), else_=RateWindow.ends_at),
        },
        where=or_(is_over, RateWindow.hits < limit.most),
    ).returning(RateWindow.hits)
    with unit_of_work(makes_old=False) as work:
        if work.session.execute(counted).one_or_none() is not None:
            return
        end = work.session.execute(
            select(RateWindow.ends_at).where(counts_of(limit, subject))
        ).scalar_one_or_none()
    wait = (end - now).total_seconds() if end else 0
    raise TooMany("Too many attempts; try again later.", int(wait) + 1)


def give_back(limit: Limit, subject: str | int) -> None:
    """Uncount one attempt: it was a good one."""
    with unit_of_work(makes_old=False) as work:
        work.session.execute(
            update(RateWindow)
            .where(counts_of(limit, subject), RateWindow.hits > 0)
            .values(hits=RateWindow.hits - 1)
        )


def forget(which: ColumnElement[bool]) -> None:
    """Remove what was counted; of several, in the order of their names, as whoever takes several
    in one transaction must.
    """
    key = (RateWindow.scope, RateWindow.subject)
    held = select(*key).where(which).order_by(*key).with_for_update().cte("held")
    statement = delete(RateWindow).where(tuple_(*key).in_(select(held)))
    with unit_of_work(makes_old=False) as work:
        work.session.execute(statement, execution_options={"synchronize_session": False})
