"""API keys for programs."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import SIGNED_IN, Caller
from src.routes.contract import answers, body, query
from src.routes.pages import page_answer, page_request
from src.routes.request_data import Query, whole_id
from src.routes.responses import answer
from src.schemas import api_key as api_key_schema
from src.schemas.page import PageIn, page_of
from src.services import api_key as api_key_service

blueprint = Blueprint("api_key", __name__, url_prefix="/api/v1/auth/api-keys")


@blueprint.get("")
@requires(SIGNED_IN)
@query(PageIn)
@answers(200, page_of(api_key_schema.ApiKeyOut))
def get_api_keys(caller: Caller, query: Query) -> Response:
    """List one's API keys that are not revoked."""
    asked = page_request(query)
    return page_answer(api_key_service.find(caller, asked), asked, api_key_schema.api_key)


@blueprint.post("")
@requires(SIGNED_IN)
@body(api_key_schema.ApiKeyIn)
@answers(201, api_key_schema.NewApiKeyOut, fails=(409,))
def post_api_key(caller: Caller, body: dict[str, Any]) -> Response:
    """Make an API key; it is shown this once."""
    row, key = api_key_service.create(caller, body["name"], body["scopes"], body["expires_at"])
    content = api_key_schema.api_key(row) | {"key": key}
    return answer(content, 201, headers={"Cache-Control": "no-store"})


@blueprint.delete("/<int:key_id>")
@requires(SIGNED_IN)
@answers(204, fails=(404,))
def delete_api_key(caller: Caller, key_id: int) -> Response:
    """Revoke an API key at once."""
    api_key_service.revoke(caller, whole_id(key_id))
    return answer(None, 204)
