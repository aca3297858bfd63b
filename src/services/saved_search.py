"""Keeping searches, and stopping their mails by a link that needs no signing in."""

from typing import Any

from sqlalchemy import func, select

from src.caller import Caller
from src.database import Work, db, unit_of_work
from src.errors import Conflict, Invalid, NotFound
from src.models import SavedSearch
from src.models.vocabulary import AlertFrequency
from src.queries import alert as alert_queries
from src.queries import saved_search as search_queries
from src.queries.paging import Page, PageRequest
from src.services import access, listing, nearby
from src.utils import signed, versions
from src.utils.versions import Expected

MOST_SEARCHES = 50
_PURPOSE, _NEVER = "unsubscribe", AlertFrequency.NEVER.value


def find(caller: Caller, request: PageRequest) -> Page:
    """The caller's searches, newest first."""
    statement = search_queries.of_user(caller.known_id)
    return listing.fetch(statement, search_queries.NEWEST, request)


def read(caller: Caller, search_id: int) -> Any:
    """One of the caller's searches.

    Raises NotFound.
    """
    statement = search_queries.of_user(caller.known_id).where(SavedSearch.id == search_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound()
    return row


def create(caller: Caller, name: str, query: dict[str, Any], frequency: str) -> SavedSearch:
    """Keep a search; its owner is told of jobs that arrive from now on.

    Raises Conflict beyond MOST_SEARCHES, and Invalid for a city that is not known.
    """
    _require_place(query)
    row = SavedSearch(user_id=caller.user_id, name=name, query=query, frequency=frequency)
    with unit_of_work() as work:
        # The account's row is the lock under which its searches are counted.
        access.hold_account(work, caller, alone=True)
        own = search_queries.of_user(caller.known_id).subquery()
        count = work.session.execute(select(func.count()).select_from(own)).scalar_one()
        if count >= MOST_SEARCHES:
            raise Conflict(
                f"You have {MOST_SEARCHES} saved searches already: delete one first.",
                url="/api/v1/me/saved-searches",
            )
        work.session.add(row)
        work.session.flush()
        work.session.refresh(row)
    return row


def change(
    caller: Caller, search_id: int, values: dict[str, Any], expected: Expected
) -> SavedSearch:
    """The search with these values; another query, or mails after none, begin with new jobs. What
    rounds of another frequency are past already is told at once.

    Raises NotFound, PreconditionFailed, and Invalid for a city that is not known.
    """
    with unit_of_work() as work:
        row = _locked(work, caller, search_id, expected)
        if "query" in values:
            _require_place(values["query"])
        frequency = values.get("frequency", row.frequency)
        speaks_again = row.frequency == _NEVER != frequency
        begins_anew = values.get("query", row.query) != row.query or speaks_again
        if not begins_anew and frequency not in (row.frequency, _NEVER):
            told_to = work.session.execute(alert_queries.ONE, {"search_id": row.id}).one().told_to
            work.enqueue("alerts.catch_up", search_id=row.id, from_batch=told_to)
        for name, value in values.items():
            setattr(row, name, value)
        if begins_anew:
            row.alerts_from = func.now()
        work.session.flush()
        work.session.refresh(row)
        return row


def delete(caller: Caller, search_id: int, expected: Expected) -> None:
    """Keep it no longer.

    Raises NotFound or PreconditionFailed.
    """
    with unit_of_work() as work:
        work.session.delete(_locked(work, caller, search_id, expected))


def sign(search_id: int) -> str:
    """The token that stops the mails of a search, for ever good."""
    return signed.sign(_PURPOSE, search_id)


def of_token(token: str) -> SavedSearch | None:
    """The search whose mails a token stops; None when it is deleted.

    Raises NotFound on a token that we did not sign.
    """
    return db.session.get(SavedSearch, _id_of(token))


def unsubscribe(token: str) -> SavedSearch | None:
    """Stop the mails of a search, which stays; done again, it changes nothing.

    Raises NotFound on a token that we did not sign.
    """
    with unit_of_work() as work:
        row = work.session.get(SavedSearch, _id_of(token), with_for_update=True)
        if row is not None:
            row.frequency = _NEVER
        return row


def _require_place(query: dict[str, Any]) -> None:
    """What no list of jobs would take is not kept."""
    if not query.get("near"):
        return
    try:
        nearby.city_ids(query)
    except Invalid as error:
        named = {f"query.{name}": said for name, said in error.errors.items()}
        raise Invalid(named) from error


def _locked(work: Work, caller: Caller, search_id: int, expected: Expected) -> SavedSearch:
    statement = select(SavedSearch).filter_by(id=search_id, user_id=caller.user_id)
    row = work.session.scalars(
        statement.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound()
    versions.require(expected, row.version)
    return row


def _id_of(token: str) -> int:
    try:
        return int(signed.read(_PURPOSE, token))
    except ValueError:
        raise NotFound() from None
