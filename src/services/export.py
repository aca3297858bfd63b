"""All that is kept of a person, for themselves."""

from typing import Any

from src.caller import Caller
from src.database import unit_of_work
from src.queries import export as export_queries
from src.utils import clock

# The acts of somebody who worked for years are searched for in all logs.
EXPORT_SECONDS = 30


def collect(caller: Caller) -> dict[str, Any]:
    """Each section by its name; `seen_by` says who saw one's applications, `looked_at` what one saw
    oneself.
    """
    user_id, email = caller.user_id or 0, caller.email or ""
    with unit_of_work(makes_old=False) as work:
        work.allow(EXPORT_SECONDS)
        account = work.session.execute(export_queries.account(user_id)).one()
        found = {
            name: [dict(row._mapping) for row in work.session.execute(ask(user_id, email))]
            for name, ask in export_queries.SECTIONS.items()
        }
    audit = found.pop("audit")
    found["seen_by"] = [_seen_by(row, user_id) for row in audit if user_id in row["candidate_ids"]]
    found["looked_at"] = [_looked_at(row) for row in audit if row["is_own"]]
    return {"exported_at": clock.now(), "account": dict(account._mapping), **found}


def _seen_by(row: dict[str, Any], user_id: int) -> dict[str, Any]:
    """Which company saw one's own applications; those of others beside them are theirs."""
    pairs = zip(row["application_ids"], row["candidate_ids"], strict=True)
    own = [each for each, candidate in pairs if candidate == user_id]
    return {name: row[name] for name in ("at", "company_name", "action")} | {"application_ids": own}


def _looked_at(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("at", "company_name", "action", "application_ids")}
