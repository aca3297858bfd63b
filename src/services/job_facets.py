"""How the jobs of a search divide by what they can be filtered by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from src.database import db
from src.queries import job_facets, search_plan
from src.queries.job_search import Filters
from src.queries.search_plan import Corpus
from src.services.job_search import Asked
from src.utils import clock


@dataclass(frozen=True, slots=True)
class Divided:
    """Of each facet its rows; over how many jobs; whether there are more; when the next ends."""

    facets: Mapping[str, list[Any]]
    counted: int = 0
    is_cut: bool = False
    next_end: datetime | None = None


@dataclass(slots=True)
class _Found:
    names: list[str]
    at: datetime = field(default_factory=clock.now)

    def rows(self, asked: Asked) -> list[Any]:
        """The counts of what is found when sorted by relevance; none when it can be none."""
        filters, plan, corpus = asked.filters(), asked.plan, asked.corpus
        if plan is None or plan.is_open:
            return self._matching(None, filters, corpus)
        if not plan.levels:
            return []
        statement = job_facets.of_candidates(self.names, plan, filters, corpus, self.at)
        rows = list(db.session.execute(*statement))
        if not rows[0].is_cut:
            return rows
        return self._matching(plan.levels[rows[0].deepest or 0], filters, corpus)

    def _matching(
        self, level: search_plan.Level | None, filters: Filters, corpus: Corpus
    ) -> list[Any]:
        asked = job_facets.of_matches(self.names, level, filters, corpus, self.at)
        return list(db.session.execute(*asked))


def divide(asked: Asked) -> Divided:
    """The facets that a query names, else all; all its filters hold in each of them."""
    names = asked.query.get("facets") or list(job_facets.FACETS)
    facets: dict[str, list[Any]] = {name: [] for name in names}
    first, *rest = _Found(names).rows(asked) or [None]
    if first is None:
        return Divided(facets)
    for row in rest:
        facets[row.facet].append(row)
    return Divided(facets, first.n, first.is_cut, first.next_end)
