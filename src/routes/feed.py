"""What crawlers and job boards fetch, at the root: feeds, the sitemap, robots.txt."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app

from src.auth import requires
from src.caller import PUBLIC, Caller
from src.errors import NotFound
from src.queries.paging import PageRequest
from src.routes.cached import cached
from src.routes.contract import answers, query
from src.routes.fresh import Fresh, earliest
from src.routes.gzip_answer import gzip_answer
from src.routes.request_data import Query, whole_id
from src.routes.responses import tag_with
from src.schemas import feed as feed_schema
from src.schemas.job_search import JobFilters
from src.services import feed as feed_service
from src.services import job_search as search_service
from src.utils import clock

blueprint = Blueprint("feed", __name__)
NEWEST = 50
_XML, _RSS = "application/xml", "application/rss+xml"


@blueprint.get("/feeds/jobs.xml")
@requires(PUBLIC)
@answers(200, media=_XML, any_query=True)
def get_jobs_feed(caller: Caller) -> Response:
    """All live jobs in Indeed's XML, built every 15 minutes."""
    return _document(feed_service.FEED, lambda: feed_schema.indeed(_base_url()).empty())


@blueprint.get("/sitemap.xml")
@requires(PUBLIC)
@answers(200, media=_XML, any_query=True)
def get_sitemap(caller: Caller) -> Response:
    """The index of the sitemap's parts, built every 15 minutes."""
    form = feed_schema.sitemap_index(_base_url())
    return _document(feed_service.INDEX, lambda: form.head + form.row((1, None)) + form.tail)


@blueprint.get("/sitemaps/jobs-<int:number>.xml")
@requires(PUBLIC)
@answers(200, media=_XML, any_query=True)
def get_sitemap_part(caller: Caller, number: int) -> Response:
    """A part of the sitemap: at most 50,000 pages."""
    name = feed_service.part_name(whole_id(number))
    return _document(name, lambda: _first_part(number))


@blueprint.get("/feeds/jobs.rss")
@requires(PUBLIC)
@query(JobFilters)
@answers(200, media=_RSS)
@cached("jobs_rss")
def get_jobs_rss(caller: Caller, query: Query) -> Fresh:
    """The newest jobs of a search as RSS 2.0; all words of `q` are required."""
    asked = PageRequest(1, NEWEST, clock.now())
    page = search_service.search({**query, "sort": "newest"}, asked)
    content = feed_schema.rss(page.rows, _base_url(), query.pairs)
    response = Response(content, mimetype=_RSS)
    tag_with(response, "0")
    return Fresh(response, earliest(row.expires_at for row in page.rows))


@blueprint.get("/robots.txt")
@requires(PUBLIC)
@answers(200, media="text/plain", any_query=True)
def get_robots(caller: Caller) -> Response:
    """What crawlers may read, and where the sitemap is."""
    return Response(feed_schema.robots(_base_url()), mimetype="text/plain")


def _document(name: str, before_first: Callable[[], str]) -> Response:
    """The file as it was built last; before the first build a valid document of no job."""
    built = gzip_answer(feed_service.path_of(name), _XML)
    return built if built is not None else Response(before_first(), mimetype=_XML)


def _first_part(number: int) -> str:
    if number != 1:
        raise NotFound()
    form = feed_schema.sitemap(_base_url())
    return form.head + feed_schema.list_page(_base_url()) + form.tail


def _base_url() -> str:
    url: str = current_app.config["TALENTSPHERE"].public_url
    return url
