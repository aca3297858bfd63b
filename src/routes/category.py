"""The tree of job categories."""

from typing import Any

from flask import Blueprint, Response

from src.auth import requires
from src.caller import PUBLIC, Caller, Role, Scope
from src.errors import NotFound
from src.routes.cached import cached
from src.routes.contract import answers, body
from src.routes.fresh import COUNT_ALL_LAG_SECONDS, Fresh, counted_until
from src.routes.idempotent import idempotent
from src.routes.request_data import whole_id
from src.routes.responses import answer
from src.schemas.category import CategoryIn, CategoryOut, CategoryPatch, tree
from src.services import category as category_service

blueprint = Blueprint("category", __name__, url_prefix="/api/v1")


@blueprint.get("/job-categories")
@requires(PUBLIC)
@answers(200, CategoryOut, many=True)
@cached("job_categories")
def list_categories(caller: Caller) -> Fresh:
    """Read the tree of categories with their live jobs."""
    rows = category_service.all_rows()
    until = counted_until(rows[0].next_end if rows else None, COUNT_ALL_LAG_SECONDS)
    return Fresh(answer(tree(rows), version=0), until)


@blueprint.post("/job-categories")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@idempotent
@body(CategoryIn)
@answers(201, CategoryOut)
def post_category(caller: Caller, body: dict[str, Any]) -> Response:
    """Add a category."""
    return answer(_shown(category_service.create(body)), 201)


@blueprint.patch("/job-categories/<int:category_id>")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@body(CategoryPatch)
@answers(200, CategoryOut)
def patch_category(caller: Caller, category_id: int, body: dict[str, Any]) -> Response:
    """Rename or move a category."""
    category_service.change(whole_id(category_id), body)
    return answer(_shown(category_id))


@blueprint.delete("/job-categories/<int:category_id>")
@requires(Role.ADMIN, scope=Scope.ADMIN)
@answers(204, fails=(409,))
def delete_category(caller: Caller, category_id: int) -> Response:
    """Delete a category without jobs and children."""
    category_service.remove(whole_id(category_id))
    return answer(None, 204)


def _shown(category_id: int) -> dict[str, Any]:
    rows = category_service.all_rows()
    # Somebody else may have removed it right after the write.
    top = next((row.parent_id for row in rows if row.id == category_id), None)
    for node in tree(rows, top):
        if node["id"] == category_id:
            return node
    raise NotFound()
