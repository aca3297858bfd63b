"""Suggestions while a search is typed."""

from flask import Blueprint

from src.auth import requires
from src.caller import PUBLIC, Caller
from src.routes.cached import cached
from src.routes.contract import answers, query
from src.routes.fresh import Fresh
from src.routes.request_data import Query
from src.routes.responses import answer
from src.schemas.suggestion import SuggestIn, SuggestOut, suggestions
from src.services import suggestion as suggestion_service

blueprint = Blueprint("suggestion", __name__, url_prefix="/api/v1")


@blueprint.get("/jobs/suggest")
@requires(PUBLIC)
@query(SuggestIn)
@answers(200, SuggestOut)
@cached("job_suggestions")
def list_suggestions(caller: Caller, query: Query) -> Fresh:
    """Suggest titles, companies, places and skills that begin as typed."""
    found = suggestion_service.suggest(query["q"], query["size"])
    return Fresh(answer(suggestions(found.labels, found.corrected), version=0))
