"""Keeping jobs: a candidate's own list."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from src.caller import Caller
from src.database import unit_of_work
from src.errors import NotFound
from src.models import Bookmark
from src.queries import job as job_queries
from src.queries.paging import Page, PageRequest
from src.services import access, listing
from src.services import job_view as view_service


def keep(caller: Caller, job_id: int) -> None:
    """Keep a job that the caller sees; done again, it changes nothing.

    Raises NotFound or Gone.
    """
    with unit_of_work() as work:
        view_service.read(caller, job_id)
        access.hold_account(work, caller)
        values = {"user_id": caller.user_id, "job_id": job_id}
        work.session.execute(insert(Bookmark).values(values).on_conflict_do_nothing())


def drop(caller: Caller, job_id: int) -> None:
    """Keep it no longer; done again, it changes nothing.

    Raises NotFound for what was never public.
    """
    with unit_of_work() as work:
        dropped = work.session.execute(
            delete(Bookmark)
            .where(Bookmark.user_id == caller.user_id, Bookmark.job_id == job_id)
            .returning(Bookmark.job_id)
        ).all()
        if not dropped and not work.session.execute(job_queries.was_public(job_id)).scalar_one():
            raise NotFound()


def of_caller(caller: Caller, request: PageRequest) -> Page:
    """What the caller keeps, the newest kept first, ended jobs too."""
    statement = job_queries.bookmarked_by(caller.known_id)
    return listing.fetch(statement, job_queries.NEWEST_BOOKMARKED, request)
