"""One's own account: names, password, address, and its end."""

from functools import partial
from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import PUBLIC, SIGNED_IN, Caller
from src.routes.contract import answers, body, costly, if_match
from src.routes.json_file import json_file_answer
from src.routes.responses import answer
from src.schemas import auth as auth_schema
from src.schemas import user as user_schema
from src.schemas.export import ExportOut
from src.services import account as account_service
from src.services import erasure as erasure_service
from src.services import export as export_service
from src.utils import clock
from src.utils.versions import Expected

blueprint = Blueprint("account", __name__, url_prefix="/api/v1/auth")
_ACCEPTED = {"detail": "If the address is known, a mail is on its way."}


@blueprint.get("/me")
@requires(SIGNED_IN)
@answers(200, user_schema.MeOut)
def get_me(caller: Caller) -> Response:
    """Show one's own account and companies."""
    user, companies = account_service.get(caller)
    return answer(user_schema.me(user, companies), version=user.version)


@blueprint.patch("/me")
@requires(SIGNED_IN)
@if_match
@body(user_schema.MePatch)
@answers(200, user_schema.MeOut, fails=(412,))
def patch_me(caller: Caller, body: dict[str, Any], expected: Expected) -> Response:
    """Change one's own names."""
    account_service.change(caller, body, expected)
    user, companies = account_service.get(caller)
    return answer(user_schema.me(user, companies), version=user.version)


@blueprint.delete("/me")
@requires(SIGNED_IN)
@costly("login")
@if_match
@body(auth_schema.PasswordIn)
@answers(204, fails=(409, 412, 429))
def delete_me(caller: Caller, body: dict[str, Any], expected: Expected) -> Response:
    """Erase one's own account and what is about one; open applications are withdrawn."""
    erasure_service.erase(caller, body["password"], expected)
    return answer(None, 204)


@blueprint.get("/me/export")
@requires(SIGNED_IN)
@costly("export")
@answers(200, ExportOut)
def get_export(caller: Caller) -> Response:
    """Download all that is kept of oneself."""
    name = f"talentsphere-{caller.user_id}-{clock.now():%Y-%m-%d}.json"
    return json_file_answer(partial(export_service.collect, caller), name)


@blueprint.post("/change-password")
@requires(SIGNED_IN)
@costly("login")
@body(auth_schema.PasswordChangeIn)
@answers(204, fails=(429,))
def post_change_password(caller: Caller, body: dict[str, Any]) -> Response:
    """Set a new password and end one's other sessions."""
    account_service.change_password(caller, body["current_password"], body["new_password"])
    return answer(None, 204)


@blueprint.post("/forgot-password")
@requires(PUBLIC)
@body(auth_schema.ForgottenIn)
@answers(202, auth_schema.AcceptedOut, fails=(429,))
def post_forgot_password(caller: Caller, body: dict[str, Any]) -> Response:
    """Ask for a code to set a new password; the answer tells nobody who is known."""
    account_service.ask_for_reset(body["email"], caller.address)
    return answer(_ACCEPTED, 202)


@blueprint.post("/reset-password")
@requires(PUBLIC)
@costly("login")
@body(auth_schema.ResetIn)
@answers(204)
def post_reset_password(caller: Caller, body: dict[str, Any]) -> Response:
    """Set a new password with a mailed code and end all sessions."""
    account_service.reset_password(body["token"], body["password"])
    return answer(None, 204)


@blueprint.post("/verify-email")
@requires(PUBLIC)
@body(auth_schema.TokenIn)
@answers(204)
def post_verify_email(caller: Caller, body: dict[str, Any]) -> Response:
    """Confirm one's address with a mailed code."""
    account_service.verify_email(body["token"])
    return answer(None, 204)
