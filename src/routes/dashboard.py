"""The employer's dashboard."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller
from src.routes.contract import answer, answers, query
from src.schemas.dashboard import DashboardIn, DashboardOut
from src.services import dashboard as dashboard_service

blueprint = Blueprint("dashboard", __name__, url_prefix="/api/v1")


@blueprint.get("/employer/dashboard")
@requires("employer", scope="dashboard:read")
@query(DashboardIn)
@answers(200, DashboardOut, fails=(404,))
def get_dashboard(caller: Caller, query: dict[str, Any]) -> Response:
    """Show a company's jobs, applications and rates."""
    return answer(dashboard_service.read(caller, query["company_id"]))
