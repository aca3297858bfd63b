"""The one statement of a ranked page: candidates of each level, scored, cut to a page."""

from typing import Any

from sqlalchemy import TextClause, text

from src.queries.job_search import CARD_COLUMNS, CARD_JOINS, NO_SEQSCAN, Filters
from src.queries.search_candidates import Lists, Ranked
from src.queries.search_plan import Corpus, Plan
from src.queries.search_score import Score

BEST = "score DESC, published_at DESC, job_id DESC"
_AFTER = (
    "(score, published_at, job_id)"
    " < (CAST(:score AS float8), CAST(:published_at AS timestamptz), :job_id)"
)


def page(
    plan: Plan, filters: Filters, corpus: Corpus, ranked: Ranked, *, with_ids: bool = False
) -> tuple[TextClause, dict[str, Any]]:
    """The statement and its values.

    Each row is a card with `level`, `score`, the number of `candidates`, the `deepest` level that
    was needed, whether some list of candidates `is_cut`, so that there may be more matches, and
    how many there are where all were `counted` on the way, else null. With `with_ids` the first row
    has the `ids` of all `candidates`; where some list is cut, only with `per_company`.
    """
    lists = Lists(plan, filters, corpus, ranked)
    begin, table = _scored(lists)
    lists.values |= {"limit": ranked.limit, "offset": ranked.offset}
    after = ""
    if ranked.after is not None:
        lists.values |= dict(zip(("score", "published_at", "job_id"), ranked.after, strict=True))
        after = f" WHERE {_AFTER}"
    ids = f", {_ids(table, ranked)} AS ids" if with_ids else ""
    sql = f"""{begin},
p AS (
  SELECT job_id, level, score, published_at, (SELECT count(*) FROM {table}) AS candidates,
         (SELECT max(level) FROM s) AS deepest, ({lists.is_cut()}) AS is_cut
  FROM {table}{after} ORDER BY {BEST}
  LIMIT :limit OFFSET :offset)
SELECT {CARD_COLUMNS}, p.level, p.score, p.candidates, p.deepest, p.is_cut,
       {lists.counted("p.deepest")} AS counted{ids}
FROM p {CARD_JOINS}
ORDER BY p.score DESC, p.published_at DESC, p.job_id DESC
"""
    return text(sql), lists.values


def _ids(table: str, ranked: Ranked) -> str:
    """Of the first row alone: there may be thousands. What is spread is not counted otherwise."""
    are_counted = "NOT p.is_cut" if ranked.per_company is None else "true"
    return f"""
       CASE WHEN {are_counted}
              AND row_number() OVER (ORDER BY p.score DESC, p.published_at DESC, p.job_id DESC) = 1
         THEN (SELECT array_agg(job_id) FROM {table}) END"""


def candidates(
    plan: Plan, filters: Filters, corpus: Corpus, ranked: Ranked
) -> tuple[str, dict[str, Any]]:
    """What a ranked page is cut from: the beginning of a statement, and its values.

    Its table `s` has the `job_id` and `level` of each candidate, `cut` one row: whether some list
    of candidates `is_cut`, and the `deepest` level that was needed.
    """
    lists = Lists(plan, filters, corpus, ranked)
    sql = f"""
{NO_SEQSCAN}WITH {lists.tables()},
s AS MATERIALIZED (
  SELECT job_id, min(level) AS level FROM ({lists.gathered()}) z GROUP BY job_id),
cut AS (SELECT ({lists.is_cut()}) AS is_cut, (SELECT max(level) FROM s) AS deepest)"""
    return sql, lists.values


def scored(
    plan: Plan, filters: Filters, corpus: Corpus, ranked: Ranked
) -> tuple[str, str, dict[str, Any]]:
    """All that a ranked page is cut from, scored: the beginning of a statement, the name of its
    table in the order BEST, and its values. Table `s` has them before `per_company`.
    """
    lists = Lists(plan, filters, corpus, ranked)
    begin, table = _scored(lists)
    return begin, table, lists.values


def _scored(lists: Lists) -> tuple[str, str]:
    """The candidates with their scores, and the table of those that may be shown."""
    score = Score(lists.plan)
    lists.values |= score.values
    tables = lists.tables()
    sql = f"""
{NO_SEQSCAN}WITH {tables},
s AS MATERIALIZED (
  SELECT DISTINCT ON (job_id) job_id, level, published_at, company_id, {score.sql} AS score
  FROM (SELECT *{score.matches} FROM ({lists.gathered()}) z OFFSET 0) z
  ORDER BY job_id, level){_spread(lists)}"""
    return sql, "s" if lists.ranked.per_company is None else "spread"


def _spread(lists: Lists) -> str:
    """The best of each company in place of all."""
    if lists.ranked.per_company is None:
        return ""
    lists.values["per_company"] = lists.ranked.per_company
    return f""",
spread AS MATERIALIZED (
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY company_id ORDER BY {BEST}) AS nth FROM s) r
  WHERE nth <= :per_company)"""
