"""Explaining a search to companies: what their jobs scored and why, or why they are not found."""

from dataclasses import replace
from typing import Any

from src.caller import Caller, Role
from src.database import db
from src.errors import NotFound
from src.models.vocabulary import CompanyStatus
from src.queries import search_explain, search_plan
from src.queries.job_filters import filters_of
from src.queries.job_search import Filters
from src.queries.paging import Page, PageRequest
from src.queries.search_candidates import Ranked
from src.queries.search_explain import Explaining
from src.queries.search_plan import Plan, Term
from src.services.empty_search import FILTERS, is_given
from src.services.job_search import Asked

_WEIGHTS = (
    "IN_TITLE", "IN_HEAD", "SAME_ROLE", "KIND_OF_ROLE", "WIDER_ROLE", "USUAL_NAME", "SCATTERED",
    "AS_WRITTEN", "IN_TEXT", "BREVITY", "NEAR", "UNWANTED", "AGE", "AGE_DAYS",
)  # fmt: skip
_ALL_FILTERS = FILTERS | {"exclude_ids": ("exclude_ids",)}
# What changes the meaning of a filter, and is none or another by itself.
_BESIDE = {"salary": ("salary_include_unknown",), "near": ("remote",)}
_OPEN = Plan(())


def explain(caller: Caller, asked: Asked, request: PageRequest, page: Page) -> dict[str, Any]:
    """The `explain` of an answer: of the caller's own jobs, of all for an admin.

    One statement for the page, three more for a `job_id`. Raises NotFound when that is not theirs.
    """
    plan, job_id = asked.plan or _OPEN, asked.query.get("job_id")
    why = {"why": _why(caller, asked, plan, request, job_id)} if job_id else {}
    return {"items": _items(caller, asked, plan, request, page), "plan": _plan(plan)} | why


def _items(
    caller: Caller, asked: Asked, plan: Plan, request: PageRequest, page: Page
) -> list[dict[str, Any]]:
    # A list in another order has no levels: all words are required.
    levels = {
        row.id: getattr(row, "level", 0) for row in page.rows if _may_see(caller, row.company_id)
    }
    if not levels:
        return []
    statement = _explaining(asked, plan, request).of_page(levels)
    found = {row.job_id: _item(plan, row) for row in db.session.execute(*statement)}
    return [found[job_id] for job_id in levels if job_id in found]


def _why(
    caller: Caller, asked: Asked, plan: Plan, request: PageRequest, job_id: int
) -> dict[str, Any]:
    state = db.session.execute(search_explain.STATE, {"job_id": job_id}).one_or_none()
    if state is None or state.deleted_at or not _may_see(caller, state.company_id):
        raise NotFound()
    statement = _explaining(asked, plan, request).of_job(job_id, _filters(asked))
    row = db.session.execute(*statement).one_or_none()
    why = {
        "job_id": job_id, "found": False, "rank": None, "live": False, "status": state.status,
        "excluded_by": [], "missing_words": [], "missing_wishes": [],
        "outside_candidates": False, "item": None,
    }  # fmt: skip
    if row is None or not row.is_live or state.company_status != CompanyStatus.ACTIVE:
        return why
    wishes = zip(plan.preferences, row.has_wishes, strict=True)
    why |= {
        "live": True,
        "excluded_by": row.excluded_by,
        "missing_words": _labels(plan, row, had=False),
        "missing_wishes": sorted({wish.kind for wish, has in wishes if not has}),
        "item": None if row.level is None else _item(plan, row),
    }
    return why | _place(asked, plan, request, row)


def _place(asked: Asked, plan: Plan, request: PageRequest, row: Any) -> dict[str, Any]:
    """Whether the job is in the list, and where when that is by relevance."""
    if plan.is_open or not plan.levels or asked.query.get("sort") not in (None, "relevance"):
        is_met = plan.is_open or row.level == 0
        return {"found": is_met and not row.excluded_by}
    if row.level is None or row.excluded_by:
        return {}
    ranked = Ranked(request.at, request.size, per_company=asked.query.get("diversity"))
    statement = search_explain.place_of(row.job_id, plan, asked.filters(), asked.corpus, ranked)
    place = db.session.execute(*statement).one()
    is_beyond = place.rank is not None and place.rank > search_plan.CANDIDATES
    is_cut = not place.is_ranked and row.level <= (place.deepest or 0)
    return {
        "found": place.rank is not None and not is_beyond,
        "rank": place.rank,
        "outside_candidates": is_beyond or is_cut,
        # Better ones of its company stand for it.
        "excluded_by": ["diversity"] if place.is_ranked and place.rank is None else [],
    }


def _filters(asked: Asked) -> dict[str, Filters]:
    """Each filter that was given, by itself."""
    found = {}
    for name, parameters in _ALL_FILTERS.items():
        if is_given(asked, parameters):
            said = (*parameters, *_BESIDE.get(name, ()))
            found[name] = filters_of({each: asked.query.get(each) for each in said}, asked.named)
    if "near" in found:
        # The tag is that of `remote`.
        found["near"] = replace(found["near"], tags=())
    return found


def _may_see(caller: Caller, company_id: int) -> bool:
    return caller.role == Role.ADMIN or caller.is_member(company_id)


def _explaining(asked: Asked, plan: Plan, request: PageRequest) -> Explaining:
    return Explaining(plan, request.at, bool(asked.query.get("title_only")))


def _item(plan: Plan, row: Any) -> dict[str, Any]:
    return {
        "job_id": row.job_id,
        "level": row.level,
        "matched": _labels(plan, row, had=True),
        "score": row.score,
        "parts": row.parts,
    }


def _labels(plan: Plan, row: Any, *, had: bool) -> list[str]:
    pairs = zip(plan.terms, row.has_terms, strict=True)
    return [_label(term) for term, has in pairs if has is had]


def _label(term: Term) -> str:
    """Its words, or the occupation it stands for where no job has the words."""
    words = " ".join(piece.label for piece in term.pieces)
    return words or next(iter((*term.marks, *term.kinds, *term.wider)), "").partition("=")[2]


def _plan(plan: Plan) -> dict[str, Any]:
    whole = sum(term.weight for term in plan.terms) or 1.0
    return {
        "levels": [level.tsquery for level in plan.levels],
        "terms": {_label(term): round(term.weight / whole, 4) for term in plan.terms},
        "weights": {name.lower(): getattr(search_plan, name) for name in _WEIGHTS},
    }
