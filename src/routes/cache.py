"""The cache, to operators: what it did, making parts of it old, and filling it."""

from typing import Any

from flask import Blueprint, Response, current_app

from src.auth import requires
from src.caller import Caller, Role, Scope
from src.routes import warming
from src.routes.contract import answers, body
from src.routes.idempotent import idempotent
from src.routes.responses import answer
from src.schemas.cache import CacheMetricsOut, InvalidatedOut, InvalidateIn, WarmOut
from src.services import cache_figures
from src.utils.cache import invalidate_cache

blueprint = Blueprint("cache", __name__, url_prefix="/api/v1/cache")


@blueprint.get("/metrics")
@requires(Role.ADMIN, scope=Scope.OPS_READ)
@answers(200, CacheMetricsOut)
def get_cache_metrics(caller: Caller) -> Response:
    """Count hits, misses and failures of the cache, by read and over all workers."""
    return answer(cache_figures.read(current_app.extensions["counters"]))


@blueprint.post("/invalidate")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@idempotent
@body(InvalidateIn)
@answers(200, InvalidatedOut)
def post_cache_invalidation(caller: Caller, body: dict[str, Any]) -> Response:
    """Make cached answers old, by name; an unknown name makes all of them old."""
    invalidate_cache(body["patterns"])
    return answer({"patterns": body["patterns"]})


@blueprint.post("/warm")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@answers(200, WarmOut)
def post_cache_warming(caller: Caller) -> Response:
    """Fill the cache with what most people ask for first."""
    # Takes no Idempotency-Key: done again it does no harm, and a transaction would be held for it.
    return answer(warming.warm())
