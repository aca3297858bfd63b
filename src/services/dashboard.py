"""The employer's dashboard: which company it is of, and what its figures mean."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from src.caller import Caller
from src.database import db
from src.errors import Invalid, NotFound
from src.models.lifecycle import STAGES, ApplicationStatus, JobStatus
from src.queries import dashboard as dashboard_queries
from src.services import access
from src.utils import clock

_COUNTED = (JobStatus.DRAFT, JobStatus.PAUSED, JobStatus.CLOSED, JobStatus.EXPIRED)


# How long figures that move with the clock, such as those of the last seven days, may stand.
MOVING_SECONDS = 60


def read(caller: Caller, company_id: int | None) -> tuple[dict[str, Any], datetime]:
    """The dashboard of the caller's company, in one statement whatever its size, and until when it
    holds if nothing changes but the clock.

    Raises NotFound on a company that is not theirs, Invalid when they must say which.
    """
    now = clock.now()
    row = db.session.execute(
        dashboard_queries.DASHBOARD, {"company_id": chosen(caller, company_id), "now": now}
    ).one_or_none()
    if row is None:
        raise NotFound()
    counts = [_Count(*count) for count in row.counts or ()]
    total = sum(count.n for count in counts)
    figures = {
        "company": {"id": row.id, "name": row.name},
        "jobs": _jobs(row),
        "applications": _applications(counts, row.new_7d),
        "views": {"total": row.views_total, "last_30d": row.views_30d},
        "conversion_rate": rate(total, row.views_total),
        "funnel": _funnel(counts),
        "time_to_first_response": _response_time(row.responses),
        "time_to_hire": _hire_time(row.hires),
        "response_rate": _response_rate(counts),
        "trend": days_of(row.trend),
        "top_jobs": [converted(job) for job in row.top_jobs or ()],
        "recent_applications": [
            application | {"submitted_at": datetime.fromisoformat(application["submitted_at"])}
            for application in row.recent_applications or ()
        ],
        "generated_at": now,
    }
    return figures, _holds_until(figures, row.next_end, now)


def _holds_until(figures: dict[str, Any], next_end: datetime | None, now: datetime) -> datetime:
    """A day later the trend is of other days, and at a job's end there is one live job less."""
    moves = (
        figures["jobs"]["expiring_7d"]
        or figures["applications"]["new_7d"]
        or figures["views"]["last_30d"]
    )
    limits = [
        midnight_after(now),
        next_end,
        now + timedelta(seconds=MOVING_SECONDS) if moves else None,
    ]
    return min(limit for limit in limits if limit is not None)


def midnight_after(now: datetime) -> datetime:
    """When the day of the rollups ends: they are of UTC days."""
    return datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)


def days_of(counted: Sequence[Any]) -> list[dict[str, Any]]:
    """Days of the rollup as they are shown."""
    return [
        {"date": day, "views": views, "applications": applications}
        for day, views, applications in counted
    ]


def converted(counted: dict[str, Any]) -> dict[str, Any]:
    """What was viewed and applied for, with the share of the one in the other."""
    return counted | {"conversion": rate(counted["applications"], counted["views"])["value"]}


def rate(part: int, sample: int) -> dict[str, Any]:
    """A fraction with its denominator; no value without one."""
    return {"value": round(part / sample, 4) if sample else None, "sample": sample}


class _Count:
    """One row of the rollup of applications."""

    def __init__(self, status: str, furthest_stage: int, has_response: bool, n: int) -> None:
        self.status, self.furthest_stage = status, furthest_stage
        self.has_response, self.n = has_response, n


def chosen(caller: Caller, company_id: int | None) -> int:
    """The company that figures are asked of: the caller's own, unless they have several.

    Raises NotFound on a company that is not theirs, Invalid when they must say which.
    """
    if company_id is not None:
        access.require_member(caller, company_id)
        return company_id
    companies = caller.company_ids
    if not companies:
        raise NotFound()
    if len(companies) > 1:
        listed = ", ".join(map(str, companies))
        raise Invalid({"company_id": [f"You belong to several companies; say which: {listed}."]})
    return companies[0]


def _jobs(row: Any) -> dict[str, int]:
    found: dict[str, int] = row.jobs or {}
    live = found.get(JobStatus.PUBLISHED, 0) if row.is_active else 0
    counted = {str(status): found.get(status, 0) for status in _COUNTED}
    return {
        "total": sum(found.values()),
        "live": live,
        **counted,
        "expiring_7d": row.expiring_7d if row.is_active else 0,
    }


def _applications(counts: list[_Count], new_7d: int) -> dict[str, Any]:
    by_status = {str(status): 0 for status in ApplicationStatus}
    for count in counts:
        by_status[count.status] += count.n
    return {
        "total": sum(by_status.values()),
        "new_7d": new_7d,
        "by_status": by_status,
        "unreviewed": by_status[ApplicationStatus.SUBMITTED],
    }


def _funnel(counts: list[_Count]) -> list[dict[str, Any]]:
    return [
        {
            "stage": str(stage),
            "ever_reached": sum(count.n for count in counts if count.furthest_stage >= place),
        }
        for place, stage in enumerate(STAGES)
    ]


def _response_rate(counts: list[_Count]) -> dict[str, Any]:
    """Whoever withdrew before an answer could come is left out."""
    answered = sum(count.n for count in counts if count.has_response)
    waiting = sum(
        count.n
        for count in counts
        if not count.has_response and count.status != ApplicationStatus.WITHDRAWN
    )
    return rate(answered, answered + waiting)


def _response_time(figures: list[Any]) -> dict[str, Any]:
    median, sample = figures
    return {"median_hours": _rounded(median), "sample": sample}


def _hire_time(figures: list[Any]) -> dict[str, Any]:
    median, ninetieth, sample = figures
    return {
        "median_days": _rounded(median),
        "p90_days": _rounded(ninetieth),
        "sample": sample,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
