"""Whether the service lives, and whether it can work."""

from flask import Blueprint, Response, current_app

from src.auth import requires
from src.caller import PUBLIC, Caller
from src.routes.contract import answers
from src.routes.responses import answer
from src.schemas.health import HealthOut, ReadyOut
from src.services import health as health_service

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@blueprint.get("/api/v1/health", endpoint="get_health_v1")
@requires(PUBLIC, knows_callers=False)
@answers(200, HealthOut, any_query=True)
def get_health(caller: Caller) -> Response:
    """Whether the process answers; touches nothing."""
    return answer({"status": "live"})


@blueprint.get("/health/ready")
@blueprint.get("/api/v1/health/ready", endpoint="get_ready_v1")
@requires(PUBLIC, knows_callers=False)
@answers(200, ReadyOut, also=503, any_query=True)
def get_ready(caller: Caller) -> Response:
    """Whether requests can be served; 503 only without the database."""
    content = health_service.read(current_app.extensions.get("cache_ping"))
    if content["status"] == "unavailable":
        return answer(content, 503, headers={"Retry-After": "1"})
    return answer(content)
