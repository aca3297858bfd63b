"""How the jobs of a search divide by what they can be filtered by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from src.database import db
from src.queries import job_facets, search_plan
from src.queries.job_search import Filters
from src.queries.paging import Page, PageRequest
from src.queries.search_plan import Corpus, Level, Plan
from src.services import empty_search
from src.services.job_search import Asked
from src.services.ranked_page import Counting
from src.utils import clock

# So many expected matches are more than candidates, unless words shun each other: they are counted
# at once, without looking what a page is cut from.
_MORE_THAN_CANDIDATES = 2


@dataclass(frozen=True, slots=True)
class Divided:
    """Of each facet its rows; over how many jobs; whether there are more; when the next ends."""

    facets: Mapping[str, list[Any]]
    counted: int = 0
    is_cut: bool = False
    next_end: datetime | None = None


def divide(asked: Asked) -> Divided:
    """The facets that a query names, else all; all its filters hold in each of them."""
    names = _names(asked)
    return _divided(names, _Found(names, clock.now()).rows(asked))


def page_with(asked: Asked, request: PageRequest) -> tuple[Page, Divided]:
    """A page and its facets; a page by relevance is counted by what divides it."""
    names = _names(asked)
    found = _WithPage(names, request.at)
    page = empty_search.find(asked, request, found)
    if found.known is not None:
        return page, _divided(names, found.known)
    return page, _divided(names, found.rows(asked))


def _names(asked: Asked) -> list[str]:
    return asked.query.get("facets") or list(job_facets.FACETS)


def _divided(names: list[str], rows: Sequence[Any]) -> Divided:
    facets: dict[str, list[Any]] = {name: [] for name in names}
    if not rows:
        return Divided(facets)
    first, *rest = rows
    for row in rest:
        facets[row.facet].append(row)
    return Divided(facets, first.n, first.is_cut, first.next_end)


@dataclass(slots=True)
class _Found:
    names: list[str]
    at: datetime

    def rows(self, asked: Asked) -> Sequence[Any]:
        """The counts of what is found, in its order; none when it can be none."""
        filters, plan, corpus = asked.filters(), asked.plan, asked.corpus
        if plan is None or plan.is_open:
            return self._matching(asked.everything(), filters)
        if not plan.levels:
            return []
        first = plan.levels[0]
        if asked.query.get("sort") not in (None, "relevance"):
            # Such an order takes no looser level.
            return self._matching(first, filters)
        if first.in_doc > search_plan.CANDIDATES * _MORE_THAN_CANDIDATES:
            rows = self._matching(first, filters)
            if rows[0].n >= search_plan.CANDIDATES:
                return rows
        return self._of_candidates(plan, filters, corpus)

    def _of_candidates(self, plan: Plan, filters: Filters, corpus: Corpus) -> Sequence[Any]:
        statement = job_facets.of_candidates(self.names, plan, filters, corpus, self.at)
        rows = db.session.execute(*statement).all()
        if not rows[0].is_cut:
            return rows
        return self._matching(plan.levels[rows[0].deepest or 0], filters)

    def _matching(self, level: Level | None, filters: Filters) -> Sequence[Any]:
        asked = job_facets.of_matches(self.names, level, filters, self.at)
        return db.session.execute(*asked).all()


@dataclass(slots=True)
class _WithPage(_Found, Counting):
    """Divides what a page by relevance counts."""

    with_ids: ClassVar[bool] = True
    known: Sequence[Any] | None = None

    def of_candidates(self, ids: Sequence[int]) -> None:
        statement = job_facets.of_jobs(self.names, ids, self.at)
        self.known = db.session.execute(*statement).all()

    def total(self, level: Level, filters: Filters) -> tuple[int, str]:
        self.known = self._matching(level, filters)
        return self.known[0].n, "gte" if self.known[0].is_cut else "eq"
