"""Registering, signing in and out, and sessions."""

from typing import Any

from flask import Blueprint, Response, request

from src.auth import requires
from src.caller import PUBLIC, SIGNED_IN, Caller
from src.routes.contract import answers, body, costly, query
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas import auth as auth_schema
from src.schemas.page import PageIn, page_of
from src.services import auth as auth_service

blueprint = Blueprint("auth", __name__, url_prefix="/api/v1/auth")


@blueprint.post("/register")
@requires(PUBLIC)
@costly("login")
@body(auth_schema.RegisterIn)
@answers(201, auth_schema.SignInOut, fails=(409, 429))
def post_register(caller: Caller, body: dict[str, Any]) -> Response:
    """Register as a candidate or an employer, and be signed in."""
    made = auth_service.register(body, caller.address, request.user_agent.string)
    return answer(auth_schema.sign_in(made), 201, headers={"Cache-Control": "no-store"})


@blueprint.post("/login")
@requires(PUBLIC)
@costly("login")
@body(auth_schema.LoginIn)
@answers(200, auth_schema.SignInOut, fails=(401, 429))
def post_login(caller: Caller, body: dict[str, Any]) -> Response:
    """Sign in with address and password."""
    made = auth_service.login(
        body["email"], body["password"], caller.address, request.user_agent.string
    )
    return answer(auth_schema.sign_in(made), headers={"Cache-Control": "no-store"})


@blueprint.post("/logout")
@requires(SIGNED_IN)
@answers(204)
def post_logout(caller: Caller) -> Response:
    """End this session."""
    auth_service.logout(caller)
    return answer(None, 204)


@blueprint.get("/sessions")
@requires(SIGNED_IN)
@query(PageIn)
@answers(200, page_of(auth_schema.SessionOut))
def get_sessions(caller: Caller, query: Query) -> Response:
    """List one's running sessions, newest first."""
    asked = page_request(query)
    page = auth_service.sessions(caller, asked)
    return page_answer(page, asked, lambda row: auth_schema.session(row, caller.session_id))


@blueprint.delete("/sessions")
@requires(SIGNED_IN)
@answers(204)
def delete_sessions(caller: Caller) -> Response:
    """End all of one's sessions, this one too."""
    auth_service.end_all(caller)
    return answer(None, 204)


@blueprint.delete("/sessions/<int:session_id>")
@requires(SIGNED_IN)
@answers(204, fails=(404,))
def delete_session(caller: Caller, session_id: int) -> Response:
    """End one of one's sessions."""
    auth_service.end_session(caller, whole_id(session_id))
    return answer(None, 204)
