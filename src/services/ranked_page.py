"""A page by relevance: the best of its candidates, and how many matches there are in all."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from src.database import db
from src.queries import ranked_search, search_count, search_plan, search_terms
from src.queries.job_search import Filters
from src.queries.paging import Page, PageRequest, bounded
from src.queries.search_candidates import Ranked
from src.queries.search_plan import Corpus, Level, Plan

# What a cursor holds: how many rows came before, and the last one's score, moment and id.
_KEY = 4
# Word counts may be ten minutes old, and hold jobs that ended meanwhile.
_SURELY = 1.2


class Counting:
    """The total of a page; a page counts itself where its candidates are all there are."""

    # Whether the ids of the candidates are wanted, for what else is counted of them.
    with_ids: ClassVar[bool] = False

    def of_candidates(self, ids: Sequence[int]) -> None:
        """These are all the matches, or all that are kept of each company; only `with_ids`."""

    def total(self, level: Level, filters: Filters) -> tuple[int, str]:
        """The matches of the deepest level, and the total's relation; one statement at most."""
        if level.at_least > search_plan.COUNTED * _SURELY and filters == Filters():
            return search_plan.COUNTED, "gte"
        statement = search_count.count_matches(level, filters)
        return bounded(db.session.execute(*statement).scalar_one(), search_plan.COUNTED)


PLAIN = Counting()


@dataclass(frozen=True, slots=True)
class Search:
    """What is ranked, and at most how many of one company."""

    plan: Plan
    filters: Filters
    corpus: Corpus
    per_company: int | None = None

    def ranked(self, request: PageRequest, counting: Counting) -> Ranked:
        # One more row tells whether there is a next page, and carries the figures of an empty one.
        limit = min(request.size, search_plan.CANDIDATES - before(request)) + 1
        ranked = Ranked(
            request.at, limit, per_company=self.per_company,
            is_counted=self.per_company is None and not counting.with_ids,
        )  # fmt: skip
        if request.after is None:
            return dataclasses.replace(ranked, offset=request.offset)
        _, *key = request.place(_KEY)
        return dataclasses.replace(ranked, after=tuple(key))

    def likely_plan(self) -> Plan:
        """The plan up to the level that is nearly sure to be the last; where it is not, all of it
        is asked, by one statement more. What is not asked is not planned either.
        """
        if self.filters != Filters() or self.per_company is not None:
            return self.plan
        for place, level in enumerate(self.plan.levels, start=1):
            if level.in_doc >= search_plan.CANDIDATES:
                return dataclasses.replace(self.plan, levels=self.plan.levels[:place])
        return self.plan


def find(search: Search, request: PageRequest, counting: Counting) -> Page:
    """The best matches: exact up to CANDIDATES newest ones, and then the list ends."""
    shown = before(request)
    if shown >= search_plan.CANDIDATES:
        return _past_the_end(search, request, counting)
    ranked = search.ranked(request, counting)
    likely = search.likely_plan()
    rows = _rows(search, likely, ranked, counting)
    if likely is not search.plan and (not rows or rows[0].candidates < search_plan.ENOUGH):
        rows = _rows(search, search.plan, ranked, counting)
    if shown and not rows:
        return _past_the_end(search, request, counting)
    return _page(search, request, counting, rows, ranked.limit - 1)


def before(request: PageRequest) -> int:
    """How many rows the pages before this one had."""
    if request.after is None:
        return request.offset
    shown: int = request.place(_KEY)[0]
    return shown


def _past_the_end(search: Search, request: PageRequest, counting: Counting) -> Page:
    """Empty, with the figures of the first page."""
    first = find(search, PageRequest(1, 1, request.at), counting)
    return dataclasses.replace(first, rows=[], next_key=None)


def _rows(search: Search, plan: Plan, ranked: Ranked, counting: Counting) -> Sequence[Any]:
    statement = ranked_search.page(
        plan, search.filters, search.corpus, ranked, with_ids=counting.with_ids
    )
    return db.session.execute(*statement).all()


def _page(
    search: Search, request: PageRequest, counting: Counting, rows: Sequence[Any], most: int
) -> Page:
    level = max((row.deepest for row in rows), default=0)
    total, relation = _total(search, counting, rows[0]) if rows else (0, "eq")
    page, ends = Page(rows[:most], total, relation), before(request) + most
    if len(rows) > most and ends < search_plan.CANDIDATES:
        last = page.rows[-1]
        page.next_key = (ends, last.score, last.published_at, last.id)
    page.reach = search_plan.CANDIDATES
    page.notes = notes(search.plan, level)
    return page


def _total(search: Search, counting: Counting, first: Any) -> tuple[int, str]:
    # How many companies the uncounted ones are of is not known.
    if not first.is_cut or search.per_company is not None:
        if counting.with_ids:
            counting.of_candidates(first.ids)
        return first.candidates, "gte" if first.is_cut else "eq"
    if first.counted is not None and not counting.with_ids:
        return bounded(first.counted, search_plan.COUNTED)
    level = search.plan.levels[first.deepest]
    return counting.total(level, search.filters)


def notes(plan: Plan, level: int) -> dict[str, Any]:
    """How the words were used, for those who show it."""
    terms = [piece.label for term in plan.terms for piece in term.pieces]
    searched = {"level": level, "terms": terms, "ignored": list(plan.ignored)}
    return {"search": search_terms.NOTHING | searched | dict(plan.notes)}
