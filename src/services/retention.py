"""How long what is known of people is kept, and its end."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Executable

from src.database import unit_of_work
from src.queries import retention as retention_queries
from src.utils import clock, mail

BATCH = 500
# What waits in vain: mails of a folder that nobody empties, and tasks that failed for good.
LEFT_OVER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Removed:
    """What one run has ended, in rows or mails."""

    applications: int
    audit: int
    mails: int
    tasks: int


def apply() -> Removed:
    """End what is past its time by the settings of this process; done again, it ends nothing.

    Nobody is named any more in applications that ended, or whose job did, and that nobody has
    moved for months: their counts stay.
    """
    config, now = current_app.config["TALENTSPHERE"], clock.now()
    over = now - LEFT_OVER
    return Removed(
        applications=_redact(_months_before(now, config.application_retention_months)),
        audit=_end_audit(_months_before(now, config.audit_retention_months)),
        mails=mail.remove_older(config.mail_url, over),
        tasks=_batches(retention_queries.remove_tasks(over, BATCH)),
    )


def _redact(moment: datetime | None) -> int:
    redacted = 0
    while moment is not None:
        with unit_of_work() as work:
            due = retention_queries.over_before(moment, BATCH)
            ids = list(work.session.execute(due).scalars())
            for statement in retention_queries.REDACT if ids else ():
                work.session.execute(statement, {"ids": ids})
        redacted += len(ids)
        if len(ids) < BATCH:
            break
    return redacted


def _end_audit(moment: datetime | None) -> int:
    return 0 if moment is None else _batches(retention_queries.remove_audit(moment, BATCH))


def _batches(statement: Executable) -> int:
    removed = 0
    while True:
        with unit_of_work() as work:
            batch = len(work.session.execute(statement).all())
        removed += batch
        if batch < BATCH:
            return removed


def _months_before(moment: datetime, months: int) -> datetime | None:
    """The same day so many months ago, or that month's last; None for 0, which keeps for ever."""
    if not months:
        return None
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    _, last = calendar.monthrange(year, month + 1)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
