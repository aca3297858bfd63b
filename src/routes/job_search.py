"""Public lists of jobs: search, featured, similar, figures, and a company's."""

from flask import Blueprint

from src.auth import Policy, check, requires
from src.caller import PUBLIC, Caller, Role, Scope
from src.queries.paging import Page, PageRequest
from src.routes.cached import cached
from src.routes.contract import answers, query
from src.routes.fresh import COUNT_ALL_LAG_SECONDS, Fresh, counted_until, earliest
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query
from src.routes.responses import answer
from src.schemas import job_facets as facets_schema
from src.schemas.job_card import JobCard, card
from src.schemas.job_facets import JobFacetsIn, JobFacetsOut
from src.schemas.job_search import JobSearchIn, JobSearchPage, JobStatsOut, SimilarIn
from src.schemas.page import PageIn, page_of
from src.services import empty_search, search_explanation
from src.services import job_facets as facets_service
from src.services import job_search as search_service

blueprint = Blueprint("job_search", __name__, url_prefix="/api/v1")

# Of the public search one parameter is not for everybody. It stays with the route, whose words,
# filters and pages it explains, and is refused by a policy like those of other routes. Its answer
# is one that is never shared, as an ended job is which only some may see.
EXPLAINS = Policy((Role.EMPLOYER, Role.ADMIN), Scope.JOBS_READ)


@blueprint.get("/jobs")
@requires(PUBLIC)
@query(JobSearchIn)
@answers(200, JobSearchPage, fails=(401, 403, 404))
@cached("job_search")
def list_jobs(caller: Caller, query: Query) -> Fresh:
    """Search live jobs by words and filters."""
    is_explained = bool(query.get("explain"))
    if is_explained:
        check(EXPLAINS, caller, "ask for explain")
    place, asked = page_request(query), search_service.read(query)
    if query.get("facets"):
        page, divided = facets_service.page_with(asked, place)
        page.notes["facets"] = facets_schema.facets(divided.facets)
        page.until = counted_until(divided.next_end, COUNT_ALL_LAG_SECONDS)
    else:
        page = empty_search.find(asked, place)
    if is_explained:
        page.notes["explain"] = search_explanation.explain(caller, asked, place, page)
    return _cards(page, place, is_shared=not is_explained)


@blueprint.get("/jobs/featured")
@requires(PUBLIC)
@query(PageIn)
@answers(200, page_of(JobCard))
@cached("jobs_featured")
def list_featured_jobs(caller: Caller, query: Query) -> Fresh:
    """List the featured live jobs, newest first."""
    asked = page_request(query)
    return _cards(search_service.search({"featured": True, "title_only": False}, asked), asked)


@blueprint.get("/jobs/stats")
@requires(PUBLIC)
@answers(200, JobStatsOut)
@cached("job_stats")
def get_job_stats(caller: Caller) -> Fresh:
    """Count the live jobs by type, level and category."""
    figures, next_end = search_service.stats()
    return Fresh(answer(figures, version=0), counted_until(next_end, COUNT_ALL_LAG_SECONDS))


@blueprint.get("/jobs/facets")
@requires(PUBLIC)
@query(JobFacetsIn)
@answers(200, JobFacetsOut)
@cached("job_facets")
def get_job_facets(caller: Caller, query: Query) -> Fresh:
    """Count the jobs of a search by what they can be filtered by."""
    found = facets_service.divide(search_service.read(query))
    content = {
        "total": found.counted,
        "total_relation": "gte" if found.is_cut else "eq",
        "facets": facets_schema.facets(found.facets),
    }
    until = counted_until(found.next_end, COUNT_ALL_LAG_SECONDS)
    return Fresh(answer(content, version=0), until)


@blueprint.get("/jobs/<int:job_id>/similar")
@requires(PUBLIC)
@query(SimilarIn)
@answers(200, page_of(JobCard), fails=(404, 410))
@cached("job_similar")
def list_similar_jobs(caller: Caller, job_id: int, query: Query) -> Fresh:
    """List live jobs like this one."""
    asked = page_request(query)
    return _cards(search_service.similar(job_id, asked), asked)


@blueprint.get("/companies/<company_id>/jobs")
@requires(PUBLIC)
@query(PageIn)
@answers(200, page_of(JobCard), fails=(404,))
@cached("company_jobs")
def list_company_jobs(caller: Caller, company_id: str, query: Query) -> Fresh:
    """List the live jobs of a company, newest first."""
    asked = page_request(query)
    return _cards(search_service.of_company(company_id, asked), asked)


def _cards(page: Page, asked: PageRequest, *, is_shared: bool = True) -> Fresh:
    """The page, which is another as soon as one of its jobs ends."""
    response = page_answer(page, asked, card, **page.notes)
    until = earliest([page.until, *(row.expires_at for row in page.rows)])
    return Fresh(response, until, is_shared=is_shared)
