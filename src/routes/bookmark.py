"""A candidate's bookmarks."""

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, Role
from src.routes.contract import answers, query
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas.job_card import JobCard, card
from src.schemas.page import PageIn, page_of
from src.services import bookmark as bookmark_service

blueprint = Blueprint("bookmark", __name__, url_prefix="/api/v1")


@blueprint.put("/jobs/<int:job_id>/bookmark")
@requires(Role.CANDIDATE)
@answers(204, fails=(404, 410))
def put_bookmark(caller: Caller, job_id: int) -> Response:
    """Keep a job."""
    bookmark_service.keep(caller, whole_id(job_id))
    return answer(None, 204)


@blueprint.delete("/jobs/<int:job_id>/bookmark")
@requires(Role.CANDIDATE)
@answers(204, fails=(404,))
def delete_bookmark(caller: Caller, job_id: int) -> Response:
    """Keep a job no longer."""
    bookmark_service.drop(caller, whole_id(job_id))
    return answer(None, 204)


@blueprint.get("/me/bookmarks")
@requires(Role.CANDIDATE)
@query(PageIn)
@answers(200, page_of(JobCard))
def list_bookmarks(caller: Caller, query: Query) -> Response:
    """List the jobs you keep, the newest kept first."""
    asked = page_request(query)
    return page_answer(bookmark_service.of_caller(caller, asked), asked, card)
