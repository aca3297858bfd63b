"""All that is kept of a person, for themselves."""

from collections.abc import Callable
from typing import Any

from src.caller import Caller
from src.database import unit_of_work
from src.queries import export as export_queries
from src.utils import clock

# The acts of somebody who worked for years are searched for in all logs.
EXPORT_SECONDS = 30
# Rows taken from the cursor at once: of the audit, 4 kB each.
FETCHED_ROWS = 100
# Takes a part by its name: a value, or an iterator of rows that is read while it is taken.
Taker = Callable[[str, Any], None]


def collect(caller: Caller, take: Taker) -> None:
    """Hand over each section by its name, however long, with a few of its rows in memory; `seen_by`
    says who saw one's applications, `looked_at` what one saw oneself.
    """
    user_id, email = caller.known_id, caller.known_email
    with unit_of_work(makes_old=False) as work:
        work.allow(EXPORT_SECONDS)
        account = work.session.execute(export_queries.account(user_id)).one()
        take("exported_at", clock.now())
        take("account", dict(account._mapping))
        for name, ask in export_queries.SECTIONS.items():
            rows = work.session.execute(
                ask(user_id, email), execution_options={"yield_per": FETCHED_ROWS}
            )
            take(name, (dict(row._mapping) for row in rows))
