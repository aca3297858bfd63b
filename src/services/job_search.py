"""Finding jobs: by words with relaxation, by filters alone, like another job, and in figures."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from src.database import db
from src.errors import NotFound
from src.queries import company as company_queries
from src.queries import job_search as search_queries
from src.queries import ranked_search, search_count, search_literal, search_plan
from src.queries.job_filters import NAMED, NOTHING, Named, filters_of, is_near, names_of
from src.queries.job_search import Filters, Words
from src.queries.paging import Page, PageRequest, bounded
from src.queries.search_candidates import Ranked
from src.queries.search_plan import Corpus, Level, Plan
from src.services import nearby, ranked_page, search_reading
from src.services.job_view import require_public
from src.services.ranked_page import Counting, Search

_SIMILAR_CANDIDATES = 300
# Where no words are searched.
_ANY = Corpus(0, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A validated query, what its names stand for, and how its words, if any, are searched."""

    query: Mapping[str, Any]
    named: Named
    plan: Plan | None = None
    corpus: Corpus = _ANY

    def filters(self, without: Collection[str] = ()) -> Filters:
        """The conditions beside the words, but for these."""
        left = {name: value for name, value in self.query.items() if name not in without}
        found = filters_of(left, self.named)
        if self.plan is None or not self.plan.unlike:
            return found
        unlike = search_literal.without(self.plan.unlike)
        return dataclasses.replace(
            found,
            conditions=(*found.conditions, *unlike.conditions),
            values={**found.values, **unlike.values},
        )

    def everything(self) -> Level | None:
        """What filters alone are counted among: all, where each has to be read."""
        if self.plan is None or not self.plan.unlike:
            return None
        return Level("", float(self.corpus.jobs), float(self.corpus.jobs))


def search(query: Mapping[str, Any], request: PageRequest) -> Page:
    """The page of live jobs that a validated query asks for."""
    return find(read(query), request)


def read(query: Mapping[str, Any]) -> Asked:
    """What a validated query asks for; a statement for its names, one for its words.

    A distance takes one statement, from a named city two. Raises Invalid for a city not known.
    """
    named, names = NOTHING, names_of(query)
    if names is not None:
        row = db.session.execute(NAMED, names).one()
        named = Named(tuple(row.category_tags), row.company_id, row.usd)
    if is_near(query):
        named = dataclasses.replace(named, city_ids=nearby.city_ids(query))
    if not query.get("q"):
        return Asked(query, named)
    return Asked(query, named, *plan_of(query["q"], title_only=query["title_only"]))


def find(asked: Asked, request: PageRequest, counting: Counting = ranked_page.PLAIN) -> Page:
    """The page of what is asked for."""
    filters, plan = asked.filters(), asked.plan
    sort = asked.query.get("sort") or ("relevance" if plan else "newest")
    if plan is None or plan.is_open:
        return _sorted(asked, "newest" if sort == "relevance" else sort, request)
    if not plan.levels:
        return Page([], 0, notes=ranked_page.notes(plan, 0))
    if sort == "relevance":
        ranked = Search(plan, filters, asked.corpus, asked.query.get("diversity"))
        return ranked_page.find(ranked, request, counting)
    return _sorted(asked, sort, request)


def plan_of(words: str, *, title_only: bool = False) -> tuple[Plan, Corpus]:
    """How these words are searched; one statement."""
    plan, corpus = search_reading.read(words, title_only=title_only)
    return (search_literal.in_title(plan) if title_only else plan), corpus


def similar(job_id: int, request: PageRequest) -> Page:
    """Live jobs whose titles say about the same as this one's; there is one page of them.

    Raises NotFound, or Gone when the job has ended.
    """
    job = db.session.execute(search_queries.TITLE, {"job_id": job_id}).one_or_none()
    if job is None:
        raise NotFound()
    require_public(job)
    plan, corpus = search_reading.understood(job.title)
    if not plan.levels:
        return Page([], 0, until=job.expires_at)
    others = Filters(conditions=("job_id <> :self",), values={"self": job_id})
    ranked = Ranked(request.at, request.size, candidates=_SIMILAR_CANDIDATES)
    rows = db.session.execute(*ranked_search.page(plan, others, corpus, ranked)).all()
    shown = rows if request.number == 1 else []
    return Page(shown, len(rows), until=job.expires_at)


def stats() -> tuple[dict[str, Any], datetime | None]:
    """Figures of all live jobs, and when the next of these ends; one statement."""
    row = db.session.execute(search_queries.STATS).one()
    return row.figures, row.next_end


def of_company(company: str, request: PageRequest) -> Page:
    """The live jobs of a company, newest first.

    Raises NotFound when there is no such company.
    """
    page = search({"company": company, "title_only": False}, request)
    if page.total == 0:
        names = {"company": company, "company_id": company_queries.id_of(company)}
        known = db.session.execute(search_queries.COMPANY_EXISTS, names).scalar()
        if not known:
            raise NotFound()
    return page


def _sorted(asked: Asked, sort: str, request: PageRequest) -> Page:
    """In the order of an index; with words, all of them are required."""
    filters, plan, words = asked.filters(), asked.plan, None
    counted_among = asked.everything()
    if plan and plan.levels:
        strict = counted_among = plan.levels[0]
        words = Words(strict.tsquery, strict.in_doc / max(asked.corpus.jobs, 1))
    counted = db.session.execute(*search_count.count_matches(counted_among, filters)).scalar_one()
    rows = db.session.execute(*search_queries.sorted_page(sort, filters, request, words)).all()
    shown = rows[: request.size]
    has_next = len(rows) > request.size
    return Page(
        shown,
        *bounded(counted, search_plan.COUNTED),
        search_queries.sort_key(sort, shown[-1]) if has_next else None,
        notes=ranked_page.notes(plan, 0) if plan else {},
    )
