"""One job: write, read, change, move through its states, copy, report, take down."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import PUBLIC, Caller, Role, Scope
from src.routes.cached import cached
from src.routes.contract import answers, body, if_match
from src.routes.fresh import Fresh
from src.routes.idempotent import idempotent, idempotent_after
from src.routes.request_data import whole_id
from src.routes.responses import answer
from src.schemas import job as job_schema
from src.schemas.job import (
    JobDetail,
    JobIn,
    JobPatch,
    MoveIn,
    ReportIn,
    ReportOut,
    TakedownIn,
)
from src.services import job as job_service
from src.services import job_state as state_service
from src.services import job_view as view_service
from src.utils.versions import Expected

blueprint = Blueprint("job", __name__, url_prefix="/api/v1")


def _count_report(caller: Caller, job_id: int, body: dict[str, Any]) -> None:
    job_service.count_report(caller)


@blueprint.post("/jobs")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@idempotent
@body(JobIn)
@answers(201, JobDetail, fails=(404, 409))
def post_job(caller: Caller, body: dict[str, Any]) -> Response:
    """Create a job, as a draft or published at once."""
    return _created(job_service.create(caller, body), caller)


@blueprint.get("/jobs/<job_id>")
@requires(PUBLIC, scope=Scope.JOBS_READ)
@answers(200, JobDetail, fails=(404, 410))
@cached("job_detail")
def get_job(caller: Caller, job_id: str) -> Fresh:
    """Read a job by id or slug."""
    row = view_service.read(caller, view_service.id_of(job_id))
    # What has ended is shown to some only; what members read is no view.
    is_live = view_service.is_live(row)
    seen = row.id if is_live and not caller.is_member(row.company_id) else None
    return Fresh(_detail(row, caller), row.expires_at, [row.company_id], is_live, seen)


@blueprint.patch("/jobs/<int:job_id>")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@if_match
@body(JobPatch)
@answers(200, JobDetail, fails=(404, 409, 412))
def patch_job(caller: Caller, job_id: int, body: dict[str, Any], expected: Expected) -> Response:
    """Change a job; what is absent stays, null clears."""
    row = job_service.patch(caller, whole_id(job_id), body, expected)
    return _detail(row, caller)


@blueprint.delete("/jobs/<int:job_id>")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@if_match
@answers(204, fails=(404, 409, 412))
def delete_job(caller: Caller, job_id: int, expected: Expected) -> Response:
    """Delete a job nobody has applied for."""
    job_service.delete(caller, whole_id(job_id), expected)
    return answer(None, 204)


@blueprint.post("/jobs/<int:job_id>/transitions")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@idempotent
@if_match
@body(MoveIn)
@answers(200, JobDetail, fails=(404, 409, 412))
def post_job_transition(
    caller: Caller, job_id: int, body: dict[str, Any], expected: Expected
) -> Response:
    """Move a job to another status."""
    row = state_service.move(caller, whole_id(job_id), body["to"], body["reason"], expected)
    return _detail(row, caller)


@blueprint.post("/jobs/<int:job_id>/duplicate")
@requires(Role.EMPLOYER, scope=Scope.JOBS_WRITE)
@idempotent
@answers(201, JobDetail, fails=(404, 409))
def post_job_duplicate(caller: Caller, job_id: int) -> Response:
    """Copy a job into a new draft."""
    return _created(job_service.duplicate(caller, whole_id(job_id)), caller)


@blueprint.post("/jobs/<int:job_id>/reports")
@requires(PUBLIC, scope=Scope.JOBS_READ)
@body(ReportIn)
@answers(201, ReportOut, fails=(404, 410, 429))
@idempotent_after(_count_report)
def post_job_report(caller: Caller, job_id: int, body: dict[str, Any]) -> Response:
    """Tell the operators that a job is wrong."""
    return answer(job_schema.report(job_service.report(caller, whole_id(job_id), body)), 201)


@blueprint.post("/jobs/<int:job_id>/takedown")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@idempotent
@body(TakedownIn)
@answers(200, JobDetail, fails=(404, 409))
def post_job_takedown(caller: Caller, job_id: int, body: dict[str, Any]) -> Response:
    """Close a job for good, as an admin."""
    return _detail(state_service.take_down(caller, whole_id(job_id), body["reason"]), caller)


def _detail(row: Any, caller: Caller) -> Response:
    return answer(job_schema.detail(row, caller), version=row.version)


def _created(row: Any, caller: Caller) -> Response:
    location = f"/api/v1/jobs/{row.id}"
    return answer(job_schema.detail(row, caller), 201, version=row.version, location=location)
