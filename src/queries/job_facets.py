"""How the jobs of a search divide: one statement over its ranked candidates or bounded matches."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text

from src.queries import ranked_search, search_count, search_plan
from src.queries.job_search import NEXT_END, NO_SEQSCAN, Filters
from src.queries.search_candidates import Ranked
from src.queries.search_plan import Corpus, Level, Plan

# Values of a facet that are given, the commonest first.
MOST_VALUES = 20
DAYS = (1, 3, 7, 14, 30)
# Yearly pay, in US dollars.
PAY = (25_000, 50_000, 75_000, 100_000, 150_000, 200_000)
_COLUMNS = (
    "job_id, published_at, employment_type, experience_level, is_remote, country, category_id,"
    " company_id, salary_max_year"
)
_WORDS = {
    "employment_type": "'{full_time,part_time,contract,temporary,internship,volunteer}'::text[]",
    "experience_level": "'{entry,junior,mid,senior,lead,executive}'::text[]",
}


def _of(name: str, column: str, value: str = "NULL::text", row_id: str = "NULL::bigint") -> str:
    """The commonest values: each facet is cut by itself, thousands of companies are not sorted."""
    return f"""
  SELECT '{name}', {value}, {row_id}, n FROM (
    SELECT {column}, count(*) AS n FROM m WHERE {column} IS NOT NULL
    GROUP BY {column} ORDER BY n DESC, {column} LIMIT {MOST_VALUES}) f"""


def _of_steps(name: str, steps: tuple[int, ...], condition: str) -> str:
    """Each step holds those before or after it: its value is a filter's."""
    values = ", ".join(f"'{step}'" for step in steps)
    counts = ", ".join(f"count(*) FILTER (WHERE {condition.format(step=step)})" for step in steps)
    return f"""
  SELECT '{name}', value, NULL::bigint, n FROM (
    SELECT unnest(ARRAY[{values}]) AS value, unnest(ARRAY[{counts}]) AS n FROM m) f
  WHERE n > 0"""


FACETS = {
    **{name: _of(name, name, f"({words})[{name}]") for name, words in _WORDS.items()},
    "remote": _of("remote", "is_remote", "is_remote::text"),
    "country": _of("country", "country", "country"),
    "category": _of("category", "category_id", row_id="category_id"),
    "company": _of("company", "company_id", row_id="company_id"),
    # Moments that are told: reckoned for each job they took twice as long.
    "posted_within": _of_steps("posted_within", DAYS, "published_at > :since_{step}"),
    "salary_min": _of_steps("salary_min", PAY, "salary_max_year >= {step}"),
}


def of_candidates(
    names: list[str], plan: Plan, filters: Filters, corpus: Corpus, at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """Over what a ranked page is cut from: exact unless it `is_cut`."""
    begin, values = ranked_search.candidates(plan, filters, corpus, Ranked(at, 1))
    tables = f"""{begin},
share AS MATERIALIZED (SELECT 1 AS share, is_cut, deepest FROM cut),
m AS MATERIALIZED (SELECT {_COLUMNS} FROM s JOIN job_search USING (job_id))"""
    return _divided(tables, values, names, at)


def of_jobs(
    names: list[str], ids: Sequence[int], at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """Over these live jobs."""
    tables = f"""
WITH share AS (SELECT 1 AS share, false AS is_cut, CAST(NULL AS int) AS deepest),
m AS MATERIALIZED (
  SELECT {_COLUMNS} FROM job_search WHERE job_id = ANY (CAST(:ids AS bigint[])))"""
    return _divided(tables, {"ids": list(ids)}, names, at)


def of_matches(
    names: list[str], level: Level | None, filters: Filters, at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """Over the matches of a level, or of the filters alone; beyond COUNTED of them it `is_cut`.

    Of a common level the counts are then those of a sample, times what each of it stands for.
    """
    tables, values = search_count.matches(_COLUMNS, level, filters)
    begin = NO_SEQSCAN if search_count.has_words(level) else ""
    return _divided(f"\n{begin}WITH {tables}", values, names, at)


def _divided(
    tables: str, values: dict[str, Any], names: list[str], at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """A row a value, and a first one of the facet '' with the total and what holds for all."""
    facets = " UNION ALL ".join(f"({FACETS[name]})" for name in names)
    values |= {"most": search_plan.COUNTED}
    if "posted_within" in names:
        values |= {f"since_{days}": at - timedelta(days=days) for days in DAYS}
    sql = f"""
{tables},
divided (facet, value, row_id, n) AS ({facets})
SELECT '' AS facet, NULL AS value, NULL AS label,
       CASE WHEN share > 1 THEN :most ELSE (SELECT count(*) FROM m) END AS n,
       0 AS place, is_cut, deepest, {NEXT_END} AS next_end
FROM share
UNION ALL
SELECT d.facet, coalesce(d.value, c.slug, g.slug), coalesce(c.name, g.name), d.n * share.share,
       row_number() OVER (PARTITION BY d.facet ORDER BY d.n DESC, d.value, d.row_id),
       NULL, NULL, NULL
FROM divided d CROSS JOIN share
LEFT JOIN companies c ON d.facet = 'company' AND c.id = d.row_id
LEFT JOIN categories g ON d.facet = 'category' AND g.id = d.row_id
ORDER BY facet, place
"""
    return text(sql), values
