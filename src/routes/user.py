"""Accounts, for the operators."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import Caller, Role, Scope
from src.routes.contract import answers, body, if_match, query
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas import user as user_schema
from src.schemas.page import page_of
from src.services import user as user_service
from src.utils.versions import Expected

blueprint = Blueprint("user", __name__, url_prefix="/api/v1/admin/users")


@blueprint.get("")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@query(user_schema.UserSearchIn)
@answers(200, page_of(user_schema.UserOut))
def get_users(caller: Caller, query: Query) -> Response:
    """List accounts, newest first."""
    asked = page_request(query)
    page = user_service.find(query["q"], query["role"], query["is_active"], asked)
    return page_answer(page, asked, user_schema.user)


@blueprint.get("/<int:user_id>")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@answers(200, user_schema.UserOut, fails=(404,))
def get_user(caller: Caller, user_id: int) -> Response:
    """Show an account."""
    user = user_service.get(whole_id(user_id))
    return answer(user_schema.user(user), version=user.version)


@blueprint.patch("/<int:user_id>")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@if_match
@body(user_schema.UserPatch)
@answers(200, user_schema.UserOut, fails=(404, 409, 412))
def patch_user(caller: Caller, user_id: int, body: dict[str, Any], expected: Expected) -> Response:
    """Change an account's role, or whether it may sign in."""
    user = user_service.change(caller, whole_id(user_id), body, expected)
    return answer(user_schema.user(user), version=user.version)
