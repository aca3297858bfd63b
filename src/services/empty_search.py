"""Searching as people do: when filters left nothing, saying what each of them keeps out."""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from src.database import db
from src.queries import search_without
from src.queries.paging import Page, PageRequest
from src.services import job_search, ranked_page
from src.services.job_search import Asked
from src.services.ranked_page import Counting

# The filters by the parameters that go with each.
FILTERS = {
    name: (name,)
    for name in (
        "category", "company", "location", "country", "remote", "employment_type",
        "experience_level", "posted_within", "featured",
    )
} | {"salary": ("salary_min", "salary_max"), "near": ("near", "lat", "lng")}  # fmt: skip


def find(asked: Asked, request: PageRequest, counting: Counting = ranked_page.PLAIN) -> Page:
    """The page, with `without` in its notes when the filters left nothing; one statement more."""
    page = job_search.find(asked, request, counting)
    if page.total or request.after or not _is_searched(asked):
        return page
    left = {
        name: asked.filters(parameters)
        for name, parameters in FILTERS.items()
        if is_given(asked, parameters)
    }
    if not left:
        return page
    return dataclasses.replace(
        page, notes={**page.notes, "without": _counted(asked, left, request)}
    )


def is_given(asked: Asked, parameters: Collection[str]) -> bool:
    """Whether one of these says something."""
    return any(asked.query.get(each) not in (None, "", []) for each in parameters)


def _is_searched(asked: Asked) -> bool:
    return asked.plan is None or asked.plan.is_open or bool(asked.plan.levels)


def _counted(asked: Asked, left: Mapping[str, Any], request: PageRequest) -> list[dict[str, Any]]:
    levels = asked.plan.levels if asked.plan else ()
    if asked.query.get("sort") in ("newest", "salary"):
        # Such an order takes no looser level.
        levels = levels[:1]
    statement = search_without.count_without(left, levels, asked.corpus, request.at)
    most = search_without.COUNTED
    return [
        {
            "filter": row.name,
            "total": min(row.total, most),
            "total_relation": "gte" if row.total > most or row.is_least else "eq",
        }
        for row in db.session.execute(*statement)
    ]
