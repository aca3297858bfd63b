"""One act on many jobs: each is judged as a single one would be, and written in sets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from src.caller import Caller, Role
from src.database import Work, db, unit_of_work
from src.errors import Forbidden
from src.models import Job, lifecycle
from src.models.lifecycle import JobStatus
from src.queries import company as company_queries
from src.queries import job_bulk as bulk_queries
from src.services import job_bulk, job_state
from src.services.job_bulk import BULK_SECONDS
from src.utils import clock

_TO = {
    "publish": JobStatus.PUBLISHED.value, "pause": JobStatus.PAUSED.value,
    "close": JobStatus.CLOSED.value, "archive": JobStatus.ARCHIVED.value,
}  # fmt: skip
_FOR_ADMINS = ("feature", "unfeature")


def count(caller: Caller, job_ids: Sequence[int], action: str) -> None:
    """Count what `act` is about to do, for each company whose jobs the caller may change: who may
    change nothing uses nothing up.

    Raises Forbidden as `act`, or TooMany.
    """
    _require_right(caller, action)
    mine = Job.company_id.in_(filter(caller.may_write, caller.company_ids))
    found = company_queries.of_rows(Job, job_ids).where(mine, Job.deleted_at.is_(None))
    job_bulk.count(db.session.scalars(found))


def act(caller: Caller, job_ids: Sequence[int], action: str) -> dict[str, Any]:
    """Do it to those it may be done to; the report says why the others were skipped.

    Raises Forbidden when the caller may not do it to any.
    """
    _require_right(caller, action)
    is_admin = caller.role == Role.ADMIN
    wanted = list(dict.fromkeys(job_ids))
    with unit_of_work() as work:
        work.allow(BULK_SECONDS)
        values = {
            "job_ids": wanted, "company_ids": list(caller.company_ids), "is_any_company": is_admin
        }  # fmt: skip
        found = {row.id: row for row in work.session.execute(bulk_queries.TO_ACT_ON, values)}
        reasons = {job_id: _refusal(caller, found.get(job_id), action) for job_id in wanted}
        if action == "delete":
            # Asked once the rows are held: who was applying meanwhile has applied by now.
            asked = [job_id for job_id in wanted if reasons[job_id] is None]
            applied = work.session.scalars(bulk_queries.APPLIED_FOR, {"job_ids": asked})
            reasons |= dict.fromkeys(applied, "not_allowed")
        elif action == "publish":
            # One that is being closed is closed, or not before these are there.
            theirs = {"ids": sorted({row.company_id for row in found.values()})}
            active = set(work.session.scalars(bulk_queries.HOLD_ACTIVE, theirs))
            closed = [row.id for row in found.values() if row.company_id not in active]
            reasons |= {job_id: reasons[job_id] or "not_allowed" for job_id in closed}
        chosen = [found[job_id] for job_id in wanted if reasons[job_id] is None]
        _write(work, caller, chosen, action)
    skipped = [{"id": job_id, "reason": reason} for job_id, reason in reasons.items() if reason]
    return {"updated": len(chosen), "skipped": skipped}


def _require_right(caller: Caller, action: str) -> None:
    if (caller.role == Role.ADMIN) != (action in _FOR_ADMINS):
        raise Forbidden("Your role may not do this.")
    if action == "publish" and not caller.email_verified:
        raise Forbidden("Verify your e-mail address before you publish.")


def _refusal(caller: Caller, row: Any, action: str) -> str | None:
    """Why it is not done to this job, or None."""
    if row is None:
        return "not_found"
    if action in _FOR_ADMINS:
        return "not_allowed" if row.is_featured == (action == "feature") else None
    if not caller.may_write(row.company_id):
        return "forbidden"
    if action == "delete":
        return None
    allowed = job_state.moves(_status_now(row), is_taken_down=row.taken_down_at is not None)
    return None if _TO[action] in allowed else "not_allowed"


def _status_now(row: Any) -> str:
    return lifecycle.status_now(row.status, row.expires_at, clock.now())


def _write(work: Work, caller: Caller, chosen: Sequence[Any], action: str) -> None:
    if not chosen:
        return
    job_ids = [row.id for row in chosen]
    now, session = clock.now(), work.session
    if action in _FOR_ADMINS:
        values: dict[str, Any] = {"job_ids": job_ids, "is_featured": action == "feature"}
        session.execute(bulk_queries.FEATURE, values)
        return
    over = [row.id for row in chosen if _status_now(row) != row.status]
    if over:
        session.execute(bulk_queries.SETTLE, {"job_ids": over})
    signed = {"job_ids": job_ids, "user_id": caller.user_id}
    if action == "delete":
        drafts = [row.id for row in chosen if not (row.first_published_at or row.published_at)]
        public = sorted(set(job_ids) - set(drafts))
        session.execute(bulk_queries.DELETE_DRAFTS, {"job_ids": drafts})
        session.execute(bulk_queries.DELETE_PUBLIC, signed | {"job_ids": public, "now": now})
    elif action == "publish":
        rows = orjson.dumps([_published(row, now) for row in chosen], default=str).decode()
        session.execute(bulk_queries.PUBLISH, {"user_id": caller.user_id, "rows": rows})
    else:
        session.execute(bulk_queries.MOVE, signed | {"to": _TO[action]})


def _published(row: Any, now: datetime) -> dict[str, Any]:
    dates = lifecycle.published(row.status, job_state.dates_of(row), now)
    return {"id": row.id, **dates._asdict()}
