"""Many jobs in one request: upsert by external id, and one act on many."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, Role, Scope
from src.routes.contract import answers, body, costly
from src.routes.idempotent import idempotent_after
from src.routes.responses import answer
from src.schemas import job_bulk as bulk_schema
from src.schemas.job_bulk import BulkActionIn, BulkActionOut, JobsBulkIn, JobsBulkOut
from src.services import job_actions as action_service
from src.services import job_bulk as bulk_service

blueprint = Blueprint("job_bulk", __name__, url_prefix="/api/v1")
LIMIT_BYTES = 16 * 1024 * 1024


def _count_jobs(caller: Caller, body: dict[str, Any]) -> None:
    bulk_service.count_upsert(caller, body["company_id"])


def _count_action(caller: Caller, body: dict[str, Any]) -> None:
    action_service.count(caller, body["job_ids"], body["action"])


@blueprint.post("/jobs/bulk")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@costly("bulk")
@body(JobsBulkIn, limit_bytes=LIMIT_BYTES)
@answers(200, JobsBulkOut, fails=(404, 429))
@idempotent_after(_count_jobs)
def post_jobs_bulk(caller: Caller, body: dict[str, Any]) -> Response:
    """Create or update many jobs of a company by their external ids."""
    company_id = body["company_id"]
    good, bad = bulk_schema.read_rows(body["jobs"], company_id)
    return answer(bulk_service.upsert(caller, company_id, good, bad, dry_run=body["dry_run"]))


@blueprint.post("/jobs/bulk-actions")
@requires(Role.EMPLOYER, Role.ADMIN, scope=Scope.JOBS_WRITE)
@costly("bulk")
@body(BulkActionIn)
@answers(200, BulkActionOut, fails=(429,))
@idempotent_after(_count_action)
def post_jobs_bulk_action(caller: Caller, body: dict[str, Any]) -> Response:
    """Publish, pause, close, archive or delete many jobs; admins feature them."""
    return answer(action_service.act(caller, body["job_ids"], body["action"]))
