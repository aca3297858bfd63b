"""Public lists of jobs: search, featured, similar, figures, and a company's."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import PUBLIC, Caller
from src.routes.contract import answer, answers, query
from src.routes.pages import page_answer, page_request
from src.schemas.job_card import JobCard, card
from src.schemas.job_search import JobSearchIn, JobSearchPage, JobStatsOut, SimilarIn
from src.schemas.page import PageIn, page_of
from src.services import job_search as search_service

blueprint = Blueprint("job_search", __name__, url_prefix="/api/v1")


@blueprint.get("/jobs")
@requires(PUBLIC)
@query(JobSearchIn)
@answers(200, JobSearchPage)
def list_jobs(caller: Caller, query: dict[str, Any]) -> Response:
    """Search live jobs by words and filters."""
    asked = page_request(query)
    page = search_service.search(query, asked)
    return page_answer(page, asked, card, **page.notes)


@blueprint.get("/jobs/featured")
@requires(PUBLIC)
@query(PageIn)
@answers(200, page_of(JobCard))
def list_featured_jobs(caller: Caller, query: dict[str, Any]) -> Response:
    """List the featured live jobs, newest first."""
    asked = page_request(query)
    page = search_service.search({"featured": True, "title_only": False}, asked)
    return page_answer(page, asked, card)


@blueprint.get("/jobs/stats")
@requires(PUBLIC)
@answers(200, JobStatsOut)
def get_job_stats(caller: Caller) -> Response:
    """Count the live jobs by type, level and category."""
    return answer(search_service.stats())


@blueprint.get("/jobs/<int:job_id>/similar")
@requires(PUBLIC)
@query(SimilarIn)
@answers(200, page_of(JobCard), fails=(404, 410))
def list_similar_jobs(caller: Caller, job_id: int, query: dict[str, Any]) -> Response:
    """List live jobs like this one."""
    asked = page_request(query)
    return page_answer(search_service.similar(job_id, asked), asked, card)


@blueprint.get("/companies/<company_id>/jobs")
@requires(PUBLIC)
@query(PageIn)
@answers(200, page_of(JobCard), fails=(404,))
def list_company_jobs(caller: Caller, company_id: str, query: dict[str, Any]) -> Response:
    """List the live jobs of a company, newest first."""
    asked = page_request(query)
    return page_answer(search_service.of_company(company_id, asked), asked, card)
