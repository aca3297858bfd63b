"""How the jobs of a search divide: one statement over its ranked candidates or bounded matches."""

from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from src.queries import ranked_search, search_count
from src.queries.job_search import NEXT_END, NO_SEQSCAN, Filters
from src.queries.ranked_search import Ranked
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
    return (
        f"SELECT '{name}', {value}, {row_id}, count(*) FROM m"
        f" WHERE {column} IS NOT NULL GROUP BY {column}"
    )


def _of_steps(name: str, steps: tuple[int, ...], condition: str) -> str:
    """Each step holds those before or after it: its value is a filter's."""
    values = ", ".join(f"'{step}'" for step in steps)
    counts = ", ".join(f"count(*) FILTER (WHERE {condition.format(step=step)})" for step in steps)
    return f"SELECT '{name}', unnest(ARRAY[{values}]), NULL::bigint, unnest(ARRAY[{counts}]) FROM m"


FACETS = {
    **{name: _of(name, name, f"({words})[{name}]") for name, words in _WORDS.items()},
    "remote": _of("remote", "is_remote", "is_remote::text"),
    "country": _of("country", "country", "country"),
    "category": _of("category", "category_id", row_id="category_id"),
    "company": _of("company", "company_id", row_id="company_id"),
    "posted_within": _of_steps(
        "posted_within", DAYS, "published_at > now() - interval '{step} days'"
    ),
    "salary_min": _of_steps("salary_min", PAY, "salary_max_year >= {step}"),
}


def of_candidates(
    names: list[str], plan: Plan, filters: Filters, corpus: Corpus, at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """Over what a ranked page is cut from: exact unless it `is_cut`."""
    begin, values = ranked_search.candidates(plan, filters, corpus, Ranked(at, 1))
    tables = (
        f"{begin},\nm AS MATERIALIZED (SELECT {_COLUMNS} FROM s JOIN job_search USING (job_id))"
    )
    return _counted(tables, names, "(SELECT is_cut FROM cut)", "(SELECT deepest FROM cut)"), values


def of_matches(
    names: list[str], level: Level | None, filters: Filters, corpus: Corpus, at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """Over at most COUNTED matches of a level, or of the filters alone; more of them `is_cut`."""
    begin, source, values = search_count.matches(_COLUMNS, level, filters, corpus, at)
    if level is None and filters == Filters():
        # All live jobs: of these the newest, which an index gives at once.
        source = source.replace("LIMIT", "ORDER BY published_at DESC, job_id DESC LIMIT")
    values |= {"most": values["counted"] - 1}
    tables = f"""{NO_SEQSCAN if level else ""}WITH {begin + "," if begin else ""}
found AS MATERIALIZED ({source}), m AS MATERIALIZED (SELECT * FROM found LIMIT :most)"""
    return _counted(tables, names, "(SELECT count(*) > :most FROM found)", "NULL"), values


def _counted(tables: str, names: list[str], is_cut: str, deepest: str) -> TextClause:
    """A row a value, and a first one of the facet '' with the total and what holds for all."""
    facets = " UNION ALL ".join(f"({FACETS[name]})" for name in names)
    return text(f"""
{tables},
divided (facet, value, row_id, n) AS ({facets}),
best AS (
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY facet ORDER BY n DESC, value, row_id) AS place
    FROM divided WHERE n > 0) o
  WHERE place <= {MOST_VALUES} OR facet IN ('posted_within', 'salary_min'))
SELECT '' AS facet, NULL AS value, NULL AS label, (SELECT count(*) FROM m) AS n, 0 AS place,
       {is_cut} AS is_cut, {deepest} AS deepest, {NEXT_END} AS next_end
UNION ALL
SELECT b.facet, coalesce(b.value, c.slug, g.slug), coalesce(c.name, g.name), b.n, b.place,
       NULL, NULL, NULL
FROM best b
LEFT JOIN companies c ON b.facet = 'company' AND c.id = b.row_id
LEFT JOIN categories g ON b.facet = 'category' AND g.id = b.row_id
ORDER BY facet, place
""")
