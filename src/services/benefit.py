"""What a company offers to those who work there."""

from typing import Any

from sqlalchemy import delete, update

from src.caller import Caller
from src.database import db, unit_of_work
from src.errors import NotFound
from src.models import Benefit
from src.queries import company as company_queries
from src.queries.paging import Page, PageRequest
from src.services import listing
from src.services.access import require_writer


def browse(company_id: int, request: PageRequest) -> Page:
    """The benefits of a company, in its own order."""
    statement = company_queries.benefits(company_id)
    return listing.fetch(statement, company_queries.BENEFIT_ORDER, request)


def create(caller: Caller, company_id: int, values: dict[str, Any]) -> Any:
    """A new benefit. Raises NotFound, Forbidden, and Conflict when the name is listed."""
    require_writer(caller, company_id)
    with unit_of_work() as work:
        benefit = Benefit(company_id=company_id, **values)
        work.session.add(benefit)
        work.session.flush()
    return _read(company_id, benefit.id)


def change(caller: Caller, company_id: int, benefit_id: int, values: dict[str, Any]) -> Any:
    """The benefit with the given fields changed. Raises NotFound, Forbidden, Conflict."""
    require_writer(caller, company_id)
    with unit_of_work() as work:
        _read(company_id, benefit_id)
        if values:
            work.session.execute(
                update(Benefit).where(Benefit.id == benefit_id).values(values),
                execution_options={"synchronize_session": False},
            )
    return _read(company_id, benefit_id)


def remove(caller: Caller, company_id: int, benefit_id: int) -> None:
    """Take a benefit off. Raises NotFound, Forbidden."""
    require_writer(caller, company_id)
    with unit_of_work() as work:
        _read(company_id, benefit_id)
        work.session.execute(delete(Benefit).where(Benefit.id == benefit_id))


def _read(company_id: int, benefit_id: int) -> Any:
    statement = company_queries.benefits(company_id).where(Benefit.id == benefit_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound()
    return row
