"""The employer's dashboard and analytics."""

from flask import Blueprint

from src.auth import requires
from src.caller import Caller, Role, Scope
from src.routes.cached import cached
from src.routes.contract import answers, query
from src.routes.fresh import Fresh
from src.routes.request_data import Query
from src.routes.responses import answer
from src.schemas.analytics import AnalyticsIn, AnalyticsOut
from src.schemas.dashboard import DashboardIn, DashboardOut
from src.services import analytics as analytics_service
from src.services import dashboard as dashboard_service

blueprint = Blueprint("dashboard", __name__, url_prefix="/api/v1")


@blueprint.get("/employer/dashboard")
@requires(Role.EMPLOYER, scope=Scope.DASHBOARD_READ)
@query(DashboardIn)
@answers(200, DashboardOut, fails=(404,))
@cached("employer_stats")
def get_dashboard(caller: Caller, query: Query) -> Fresh:
    """Show a company's jobs, applications and rates."""
    figures, until = dashboard_service.read(caller, query["company_id"])
    return Fresh(answer(figures), until)


@blueprint.get("/employer/analytics")
@requires(Role.EMPLOYER, scope=Scope.DASHBOARD_READ)
@query(AnalyticsIn)
@answers(200, AnalyticsOut, fails=(404,))
@cached("employer_analytics")
def get_analytics(caller: Caller, query: Query) -> Fresh:
    """Show a company's views and applications over time, by job and by category."""
    figures, until = analytics_service.read(caller, query["company_id"], query["days"])
    return Fresh(answer(figures), until)
