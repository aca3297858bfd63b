"""A company's analytics: views and applications over a span of days, by job and by category."""

from datetime import datetime, timedelta
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
    today = now.date()
    values = {"company_id": chosen, "now": now, "today": today, "days": days, "most": MOST_JOBS}
    row = db.session.execute(analytics_queries.ANALYTICS, values).one_or_none()
    if row is None:
        raise NotFound()
    series = dashboard.days_of(row.series)
    totals = (sum(day["views"] for day in series), sum(day["applications"] for day in series))
    figures = {
        "company": {"id": row.id, "name": row.name},
        "start_date": today - timedelta(days=days - 1),
        "end_date": today,
        "totals": _span(*totals),
        "previous": _span(*row.previous),
        "series": series,
        "jobs": [dashboard.converted(job) for job in row.jobs or ()],
        "categories": [dashboard.converted(each) for each in row.categories or ()],
        "generated_at": now,
    }
    # A day later the span is another one, and at its end a job is expired.
    midnight = dashboard.midnight_after(now)
    return figures, min(midnight, row.next_end or midnight)


def _span(views: int, applications: int) -> dict[str, Any]:
    return {
        "views": views,
        "applications": applications,
        "conversion_rate": dashboard.rate(applications, views),
    }
