"""The uses of the indexes on jobs, their counters and the search read model."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from src.models.job_search import SAMPLES
from src.ops.indexes.application_uses import DASHBOARD, dashboard
from src.ops.indexes.sample import Sample
from src.ops.indexes.use import Asked, Use, a_foreign_key, a_list, a_statement
from src.queries import (
    housekeeping,
    index_sample,
    job_facets,
    nearby,
    ranked_search,
    search_count,
    search_plan,
    search_words,
    suggestion,
)
from src.queries import job as job_queries
from src.queries import job_import as import_queries
from src.queries import job_search as search_queries
from src.queries.job_filters import Named, filters_of
from src.queries.job_search import Filters
from src.queries.search_candidates import Ranked
from src.queries.search_plan import Level

_SWEPT_AT_ONCE = 500
# A city, and one beside it.
_BERGEN = (3161732, 3144631)


def _ranked(sample: Sample) -> Asked:
    size = sample.first_page.size + 1
    return ranked_search.page(sample.plan, Filters(), sample.corpus, Ranked(sample.now, size))


def _common(sample: Sample, share: int) -> Level:
    """The level of a word that is common enough for the sample of such a share."""
    expected = float(2 * share * search_plan.SURE)
    return dataclasses.replace(sample.plan.levels[0], in_doc=expected)


def _counted(sample: Sample) -> Asked:
    return search_count.count_matches(_common(sample, min(SAMPLES)), Filters())


def _divided(sample: Sample) -> Asked:
    level = _common(sample, max(SAMPLES))
    return job_facets.of_matches(["remote"], level, Filters(), sample.now)


def _sorted(sample: Sample, sort: str, query: Mapping[str, Any]) -> Asked:
    filters = filters_of(query)
    return search_queries.sorted_page(sort, filters, sample.first_page)


def _near(sample: Sample) -> Asked:
    filters = filters_of({"near": "Bergen"}, Named(city_ids=_BERGEN))
    return search_queries.sorted_page("newest", filters, sample.first_page)


JOBS = {
    "ix_jobs_company_newest": a_list(
        "GET /employer/jobs",
        lambda sample: job_queries.of_companies((sample["company_id"],), ()),
        job_queries.NEWEST,
    ),
    "ix_jobs_company_status": Use(f"{DASHBOARD}: jobs by status", dashboard),
    "ix_jobs_category": a_foreign_key("jobs", "category_id", "category_id"),
    "ix_jobs_expiry": a_statement(
        "the sweep that ends what has expired",
        lambda sample: housekeeping.due_jobs(sample.now, _SWEPT_AT_ONCE),
    ),
    "ix_jobs_fingerprint": Use(
        "an import, which recognises repeats",
        lambda sample: (import_queries.INSERT, {}),
        before=(import_queries.STAGE, index_sample.STAGED),
    ),
    "ix_job_log_job": a_foreign_key("job_log", "job_id", "job_id"),
    "ix_job_reports_job": a_foreign_key("job_reports", "job_id", "job_id"),
    "ix_job_counters_company": Use(f"{DASHBOARD}: best jobs", dashboard),
    "ix_bookmarks_job": a_foreign_key("bookmarks", "job_id", "job_id"),
    "ix_bookmarks_newest": a_list(
        "GET /me/bookmarks",
        lambda sample: job_queries.bookmarked_by(sample["candidate_id"]),
        job_queries.NEWEST_BOOKMARKED,
    ),
}

SEARCH = {
    "ix_job_search_doc": Use("GET /jobs?q=", _ranked),
    "ix_job_search_head": Use("GET /jobs?q=: all words in the head", _ranked),
    "ix_job_search_sample_16": Use("GET /jobs?q=: the total of a common word", _counted),
    "ix_job_search_sample_128": Use("GET /jobs/facets?q=: of a very common word", _divided),
    "ix_job_search_newest": Use("GET /jobs", lambda sample: _sorted(sample, "newest", {})),
    "ix_job_search_company": Use(
        "GET /companies/{id}/jobs",
        lambda sample: _sorted(sample, "newest", {"company": str(sample["company_id"])}),
    ),
    "ix_job_search_category": a_statement("GET /jobs/stats", lambda _: search_queries.STATS),
    "ix_job_search_salary": Use(
        "GET /jobs?sort=salary", lambda sample: _sorted(sample, "salary", {})
    ),
    "ix_job_search_city": Use("GET /jobs?near=", _near),
    "ix_job_search_featured": Use(
        "GET /jobs/featured", lambda sample: _sorted(sample, "newest", {"featured": True})
    ),
}

# What a misspelt word may be; and migration 0018 says the second, in place_marks.
UNDERSTANDING = {
    "ix_search_words_deletions": Use(
        "GET /jobs?q= with a misspelt word",
        lambda _: search_words.lookup("nurce", ["nurce"], doubtful=["nurce"]),
    ),
    "ix_search_suggestions_best": Use(
        "GET /jobs/suggest",
        lambda _: suggestion.beginning(["title"], "nu", 5),
    ),
    "ix_city_names_position": Use(
        "GET /jobs?near=", lambda _: (nearby.WITHIN, nearby.box_of(60.39, 5.32, 25))
    ),
    "ix_search_places_name": a_statement(
        "every job that is published: where its city is",
        lambda _: text("SELECT city FROM search_places WHERE name = 'bergen'"),
    ),
}

USES: dict[str, Use] = JOBS | SEARCH | UNDERSTANDING
