"""A job for search engines."""

from flask import Blueprint, Response, current_app

from src.auth import requires
from src.caller import PUBLIC, Caller
from src.routes.cached import cached
from src.routes.contract import answers
from src.routes.fresh import Fresh
from src.routes.responses import encode, tag_with
from src.schemas.job_posting import JobPostingOut, job_posting
from src.services import job_view as view_service

blueprint = Blueprint("job_posting", __name__, url_prefix="/api/v1")
LD_JSON = "application/ld+json"


@blueprint.get("/jobs/<job_id>/jsonld")
@requires(PUBLIC)
@answers(200, JobPostingOut, media=LD_JSON, fails=(404, 410))
@cached("job_posting")
def get_job_posting(caller: Caller, job_id: str) -> Fresh:
    """Read a live job as schema.org's JobPosting, the same for everybody."""
    # As a stranger: a page that is shown to crawlers has no drafts and nothing that has ended.
    row = view_service.read(Caller(), view_service.id_of(job_id))
    content = job_posting(row, current_app.config["TALENTSPHERE"].public_url)
    # It is meant to stand in a page, whose script a title could end otherwise.
    data = encode(content).replace(b"<", b"\\u003c")
    response = Response(data, mimetype=LD_JSON)
    tag_with(response, str(row.version))
    return Fresh(response, row.expires_at)
