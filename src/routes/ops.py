"""What operators read: metrics over all workers, and the database's performance."""

from flask import Blueprint, Response, current_app, request

from src.auth import Policy, check, requires
from src.caller import PUBLIC, Caller, Role, Scope
from src.database import db
from src.routes.contract import answers
from src.routes.responses import answer
from src.schemas.performance import PerformanceOut
from src.services import performance as performance_service
from src.services import server_reading
from src.utils import exposition
from src.utils.addresses import is_from_here

blueprint = Blueprint("ops", __name__)
# Of who is not on this host.
READS_METRICS = Policy((Role.ADMIN,), Scope.OPS_READ)


@blueprint.get("/metrics")
@requires(PUBLIC)
@answers(200, media="text/plain", fails=(403,))
def get_metrics(caller: Caller) -> Response:
    """Counters of all workers for Prometheus, to loopback or the scope ops:read."""
    if not is_from_here(request.environ):
        check(READS_METRICS, caller, "read metrics")
    vitals = server_reading.glance(db.session)
    data = exposition.as_text(current_app.extensions["counters"], vitals)
    return Response(data, content_type=exposition.CONTENT_TYPE)


@blueprint.get("/api/v1/database/performance")
@requires(Role.ADMIN, scope=Scope.OPS_READ)
@answers(200, PerformanceOut)
def get_database_performance(caller: Caller) -> Response:
    """Pools, slow statements, locks, indexes, the cache and every route, over all workers."""
    config = current_app.config["TALENTSPHERE"]
    slots = current_app.extensions["counters"].slots()
    seen = performance_service.look(slots, db.session.execute, config.cache_url)
    report = performance_service.report(seen)
    return answer(report["database"] | {"cache": report["cache"], "api": report["api"]})
