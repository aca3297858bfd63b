"""How often a subject may do a thing, counted exactly in PostgreSQL."""

from datetime import timedelta

from sqlalchemy import case, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from src.database import unit_of_work
from src.errors import TooMany
from src.models import RateWindow
from src.utils import clock


def take(scope: str, subject: str | int, most: int, window_seconds: int) -> None:
    """Count one attempt; what is refused is not counted.

    Committed at once, or with the transaction it is called in: rolled back when that fails.

    Raises TooMany when `most` were made in the running window.
    """
    now = clock.now()
    ends_at = now + timedelta(seconds=window_seconds)
    fresh = insert(RateWindow).values(scope=scope, subject=str(subject), hits=1, ends_at=ends_at)
    is_over = RateWindow.ends_at <= now
    counted = fresh.on_conflict_do_update(
        index_elements=[RateWindow.scope, RateWindow.subject],
        set_={
            "hits": case((is_over, 1), else_=RateWindow.hits + 1),
            "ends_at": case((is_over, ends_at), else_=RateWindow.ends_at),
        },
        where=or_(is_over, RateWindow.hits < most),
    ).returning(RateWindow.hits)
    with unit_of_work(makes_old=False) as work:
        if work.session.execute(counted).one_or_none() is not None:
            return
        end = work.session.execute(
            select(RateWindow.ends_at).filter_by(scope=scope, subject=str(subject))
        ).scalar_one_or_none()
    wait = (end - now).total_seconds() if end else 0
    raise TooMany("Too many attempts; try again later.", int(wait) + 1)


def give_back(scope: str, subject: str | int) -> None:
    """Uncount one attempt: it was a good one."""
    with unit_of_work(makes_old=False) as work:
        work.session.execute(
            update(RateWindow)
            .where(
                RateWindow.scope == scope,
                RateWindow.subject == str(subject),
                RateWindow.hits > 0,
            )
            .values(hits=RateWindow.hits - 1)
        )
