"""What happened to a company's jobs and applications, from their two logs."""

from dataclasses import replace

from sqlalchemy import BigInteger, Subquery, func, literal, null, select, union_all
from sqlalchemy.orm import aliased

from src.models import Application, ApplicationLog, Job, JobLog, User
from src.queries.paging import Order, PageRequest, Rows


def moves(company_id: int, request: PageRequest | None = None) -> Rows:
    """Every move of the company's jobs and applications; of a request, no more than it needs.

    Each log is cut by itself, in the order of its index: both together have no index.
    """
    of_jobs = select(
        literal("job").label("kind"), JobLog.job_id.label("thing_id"),
        null().cast(BigInteger).label("application_id"), JobLog.from_status, JobLog.to_status,
        JobLog.at, JobLog.by_id, JobLog.reason, (JobLog.id * 2).label("place"),
    ).where(JobLog.company_id == company_id)  # fmt: skip
    of_applications = select(
        literal("application"), ApplicationLog.application_id, ApplicationLog.application_id,
        ApplicationLog.from_status,
        ApplicationLog.to_status, ApplicationLog.at, ApplicationLog.by_id, ApplicationLog.reason,
        ApplicationLog.id * 2 + 1,
    ).where(ApplicationLog.company_id == company_id)  # fmt: skip
    if request is not None:
        ahead = replace(request, number=1, size=request.offset + request.size)
        of_jobs = Order((JobLog.at, JobLog.id * 2), ()).cut(of_jobs, ahead)
        place = ApplicationLog.id * 2 + 1
        of_applications = Order((ApplicationLog.at, place), ()).cut(of_applications, ahead)
    both = union_all(of_jobs, of_applications).subquery("moves")
    # Said, for a count names none of its columns.
    return select(both).select_from(both)


def order(of: Rows) -> Order:
    """Newest first."""
    columns = of.get_final_froms()[0].c
    return Order((columns.at, columns.place), ("at", "place"))


def shown(page: Subquery) -> Rows:
    """The moves of a page with the job's title, whose application it is and who made them."""
    person = aliased(User)
    name = func.concat_ws(" ", person.first_name, person.last_name)
    return (
        select(*page.c, Job.title, Application.candidate_id, name.label("by_name"))
        .outerjoin(Application, Application.id == page.c.application_id)
        .join(Job, Job.id == func.coalesce(Application.job_id, page.c.thing_id))
        .outerjoin(person, person.id == page.c.by_id)
    )
