"""A company's analytics: views and applications over a span of days, by job and by category."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from src.caller import Caller
from src.database import db
from src.errors import NotFound
from src.queries import analytics as analytics_queries
from src.services import dashboard
from src.utils import clock

# Jobs that are listed, those with the most applications first.
MOST_JOBS = 50


def read(caller: Caller, company_id: int | None, days: int) -> tuple[dict[str, Any], datetime]:
    """The figures of the newest `days`, today included, in one statement, and until when they hold
    if nothing changes but the clock.

    Raises NotFound on a company that is not the caller's, Invalid when they must say which.
    """
    chosen, now = dashboard.chosen(caller, company_id), clock.now()
    today = now.astimezone(UTC).date()
    values = {"company_id": chosen, "now": now, "today": today, "days": days, "most": MOST_JOBS}
    row = db.session.execute(analytics_queries.ANALYTICS, values).one_or_none()
    if row is None:
        raise NotFound()
    series = [
        {"date": day, "views": views, "applications": applications}
        for day, views, applications in row.series
    ]
    totals = (sum(day["views"] for day in series), sum(day["applications"] for day in series))
    figures = {
        "company": {"id": row.id, "name": row.name},
        "start_date": today - timedelta(days=days - 1),
        "end_date": today,
        "totals": _span(*totals),
        "previous": _span(*row.previous),
        "series": series,
        "jobs": [_converted(job) for job in row.jobs or ()],
        "categories": [_converted(category) for category in row.categories or ()],
        "generated_at": now,
    }
    return figures, _holds_until(today, row.next_end)


def _span(views: int, applications: int) -> dict[str, Any]:
    return {
        "views": views,
        "applications": applications,
        "conversion_rate": dashboard.rate(applications, views),
    }


def _converted(counted: dict[str, Any]) -> dict[str, Any]:
    found = dashboard.rate(counted["applications"], counted["views"])
    return counted | {"conversion": found["value"]}


def _holds_until(today: date, next_end: datetime | None) -> datetime:
    """A day later the span is another one, and at its end a job is expired."""
    tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC)
    return min(tomorrow, next_end or tomorrow)
