"""What a company's people did: the moves of its jobs and applications, out of their two logs."""

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Select,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from src.models import Application, ApplicationLog, Job, JobLog, User
from src.queries.paging import Order, PageRequest, Rows

_KEY = ("at", "place")
# The logs count from 1 apart: `place` tells their rows apart, and keeps each in its order.
_JOB_PLACE, _APPLICATION_PLACE = JobLog.id * 2, ApplicationLog.id * 2 + 1
_LOG_ORDERS = (
    Order((JobLog.at, _JOB_PLACE), _KEY),
    Order((ApplicationLog.at, _APPLICATION_PLACE), _KEY),
)
NEWEST = Order(
    (literal_column("moves.at", DateTime(True)), literal_column("moves.place", BigInteger)), _KEY
)


def of_company(company_id: int) -> Rows:
    """Every move of the company's jobs and applications."""
    return _merged(_logs(company_id))


def page_of_company(company_id: int, request: PageRequest) -> Rows:
    """The page of these moves, and one more; with their jobs and who made them.

    Each log is cut before they are merged, and only the page is joined: else all that the company
    ever did would be read for its newest rows.
    """
    reach = request.size if request.after else request.offset + request.size
    newest = replace(request, number=1, size=reach)
    pairs = zip(_LOG_ORDERS, _logs(company_id), strict=True)
    cut = _merged([order.cut(log, newest) for order, log in pairs])
    page = NEWEST.cut(cut, request).subquery("page")
    person = aliased(User)
    name = func.concat_ws(" ", person.first_name, person.last_name)
    return (
        select(*page.c, Job.title, name.label("by_name"))
        .outerjoin(Application, Application.id == page.c.application_id)
        .join(Job, Job.id == func.coalesce(Application.job_id, page.c.thing_id))
        .outerjoin(person, person.id == page.c.by_id)
        .order_by(page.c.at.desc(), page.c.place.desc())
    )


def _logs(company_id: int) -> list[Rows]:
    of_jobs = select(
        literal("job").label("kind"), JobLog.job_id.label("thing_id"),
        null().cast(BigInteger).label("application_id"), JobLog.from_status, JobLog.to_status,
        JobLog.at, JobLog.by_id, JobLog.reason, _JOB_PLACE.label("place"),
    ).where(JobLog.company_id == company_id)  # fmt: skip
    of_applications = select(
        literal("application"), ApplicationLog.application_id, ApplicationLog.application_id,
        ApplicationLog.from_status, ApplicationLog.to_status, ApplicationLog.at,
        ApplicationLog.by_id, ApplicationLog.reason, _APPLICATION_PLACE,
    ).where(ApplicationLog.company_id == company_id)  # fmt: skip
    return [of_jobs, of_applications]


def _merged(logs: list[Rows]) -> Select[Any]:
    moves = union_all(*logs).subquery("moves")
    # Said, for a count of them names none of their columns.
    return select(*moves.c).select_from(moves)
