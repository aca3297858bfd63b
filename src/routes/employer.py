"""What members read of their own companies."""

from flask import Blueprint

from src.auth import requires
from src.caller import Caller, Role, Scope
from src.models.lifecycle import JobStatus
from src.routes.cached import cached
from src.routes.contract import answers, query
from src.routes.fresh import Fresh, earliest
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query
from src.schemas.employer_job import EmployerJobCard, EmployerJobsIn, employer_card
from src.schemas.page import page_of
from src.services import job as job_service

blueprint = Blueprint("employer", __name__, url_prefix="/api/v1")


@blueprint.get("/employer/jobs")
@requires(Role.EMPLOYER, scope=Scope.JOBS_READ)
@query(EmployerJobsIn)
@answers(200, page_of(EmployerJobCard), fails=(404,))
@cached("employer_jobs")
def list_employer_jobs(caller: Caller, query: Query) -> Fresh:
    """List your companies' jobs in all states, newest first."""
    asked = page_request(query)
    page = job_service.of_employer(caller, query["company_id"], query["status"], asked)
    published = [row.expires_at for row in page.rows if row.status == JobStatus.PUBLISHED]
    return Fresh(page_answer(page, asked, employer_card), earliest([*published, page.until]))
