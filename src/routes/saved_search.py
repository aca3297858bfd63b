"""A candidate's saved searches."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, Role
from src.routes.contract import answers, body, if_match, query
from src.routes.idempotent import idempotent
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas import saved_search as saved_schema
from src.schemas.job_card import card
from src.schemas.job_search import JobSearchPage
from src.schemas.page import PageIn, page_of
from src.schemas.saved_search import SavedSearchIn, SavedSearchOut, SavedSearchPatch
from src.services import job_search as search_service
from src.services import saved_search as saved_service
from src.utils.versions import Expected

blueprint = Blueprint("saved_search", __name__, url_prefix="/api/v1/me/saved-searches")


@blueprint.get("")
@requires(Role.CANDIDATE)
@query(PageIn)
@answers(200, page_of(SavedSearchOut))
def list_saved_searches(caller: Caller, query: Query) -> Response:
    """List the searches you keep, newest first."""
    asked = page_request(query)
    return page_answer(saved_service.find(caller, asked), asked, saved_schema.saved_search)


@blueprint.post("")
@requires(Role.CANDIDATE)
@idempotent
@body(SavedSearchIn)
@answers(201, SavedSearchOut, fails=(409,))
def post_saved_search(caller: Caller, body: dict[str, Any]) -> Response:
    """Keep a search and be told of new jobs; at most 50."""
    kept = saved_schema.kept(body["query"])
    row = saved_service.create(caller, body["name"], kept, body["frequency"])
    return _saved(row, 201, location=f"{blueprint.url_prefix}/{row.id}")


@blueprint.get("/<int:search_id>")
@requires(Role.CANDIDATE)
@answers(200, SavedSearchOut, fails=(404,))
def get_saved_search(caller: Caller, search_id: int) -> Response:
    """Read one of your searches."""
    return _saved(saved_service.read(caller, whole_id(search_id)))


@blueprint.patch("/<int:search_id>")
@requires(Role.CANDIDATE)
@if_match
@body(SavedSearchPatch)
@answers(200, SavedSearchOut, fails=(404, 412))
def patch_saved_search(
    caller: Caller, search_id: int, body: dict[str, Any], expected: Expected
) -> Response:
    """Change one of your searches; a query replaces the whole one."""
    if "query" in body:
        body["query"] = saved_schema.kept(body["query"])
    return _saved(saved_service.change(caller, whole_id(search_id), body, expected))


@blueprint.delete("/<int:search_id>")
@requires(Role.CANDIDATE)
@if_match
@answers(204, fails=(404, 412))
def delete_saved_search(caller: Caller, search_id: int, expected: Expected) -> Response:
    """Keep one of your searches no longer."""
    saved_service.delete(caller, whole_id(search_id), expected)
    return answer(None, 204)


@blueprint.get("/<int:search_id>/jobs")
@requires(Role.CANDIDATE)
@query(PageIn)
@answers(200, JobSearchPage, fails=(404,))
def list_saved_search_jobs(caller: Caller, search_id: int, query: Query) -> Response:
    """List the live jobs of one of your searches, as GET /jobs lists them."""
    row = saved_service.read(caller, whole_id(search_id))
    # A cursor goes on in one order: with another query the search is another list.
    asked = page_request(query, tie=saved_schema.jobs_path(row.query))
    page = search_service.search(saved_schema.read(row.query), asked)
    return page_answer(page, asked, card, **page.notes)


def _saved(row: Any, status: int = 200, **more: Any) -> Response:
    return answer(saved_schema.saved_search(row), status, version=row.version, **more)
