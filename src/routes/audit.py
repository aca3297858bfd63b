"""Who saw which candidate."""

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, Role
from src.routes.contract import answers, query
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query
from src.schemas.audit import AuditIn, AuditOut, audit
from src.schemas.page import page_of
from src.services import audit as audit_service

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1")


@blueprint.get("/audit")
@requires(Role.EMPLOYER, Role.ADMIN)
@query(AuditIn)
@answers(200, page_of(AuditOut), fails=(404,))
def list_audit(caller: Caller, query: Query) -> Response:
    """List who saw which applications of a company that you own, newest first."""
    asked = page_request(query)
    return page_answer(audit_service.find(caller, query, asked), asked, audit)
