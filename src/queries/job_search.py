"""The statements of job search, composed from a plan and filters; every value is bound."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from src.models.job_search import JOB_TAGS
from src.queries import search_plan
from src.queries.search_plan import Corpus, Level, Plan

# What a card shows, joined to the few rows of a page. The text is cut before it leaves the
# database: a snippet needs its beginning only.
CARD_COLUMNS = """
  j.id, j.title, j.company_id, c.name AS company_name, c.slug AS company_slug,
  c.logo_url AS company_logo_url, c.is_verified AS company_is_verified,
  j.category_id, g.name AS category_name, g.slug AS category_slug,
  j.city, j.region, j.country, j.is_remote, j.employment_type, j.experience_level,
  j.salary_min, j.salary_max, j.salary_currency, j.salary_period, j.salary_is_visible,
  j.is_featured, j.status, j.published_at, j.expires_at, left(j.description, 1500) AS beginning
"""
CARD_JOINS = """
  JOIN jobs j ON j.id = p.job_id
  JOIN companies c ON c.id = j.company_id
  LEFT JOIN categories g ON g.id = j.category_id
"""
# Sequential scans are priced as if detoasting a tsvector were free: never take one here.
NO_SEQSCAN = text("SET LOCAL enable_seqscan = off")

WORDS = text("""
WITH words AS (
  SELECT lexeme, positions[1] AS place
  FROM unnest(to_tsvector('talentsphere', search_text(:q))) AS t (lexeme, positions, weights)
)
SELECT w.lexeme, coalesce(x.in_doc, fresh.n, 0) AS in_doc, coalesce(x.in_head, fresh.n, 0) AS in_head,
       n.in_doc AS jobs, n.in_head AS days,
       websearch_to_tsquery('talentsphere', search_text(:q))::text AS tsquery
FROM words w
LEFT JOIN lexemes x ON x.word = w.lexeme
LEFT JOIN lexemes n ON n.word = ''
-- A word newer than the last count is looked for itself.
LEFT JOIN LATERAL (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM job_search WHERE x.word IS NULL AND doc @@ (
      '''' || replace(replace(w.lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery
    LIMIT 1000) f
) fresh ON x.word IS NULL
ORDER BY w.place
""")

LOCATION = "head @@ search_place(:location)"


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on job_search with their values; `tags` are served by the word indexes too."""

    tags: tuple[tuple[int, ...], ...] = ()
    conditions: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    def sql(self) -> str:
        tags = "".join(f" AND {JOB_TAGS} && :tags{i}" for i in range(len(self.tags)))
        return tags + "".join(f" AND {condition}" for condition in self.conditions)

    def binds(self) -> dict[str, Any]:
        return {**self.values, **{f"tags{i}": list(tags) for i, tags in enumerate(self.tags)}}


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a ranked page needs beside the plan: the moment it is seen from, and its cut."""

    at: datetime
    limit: int
    offset: int = 0
    candidates: int = search_plan.CANDIDATES

    @property
    def today(self) -> int:
        return int(self.at.timestamp() // 86400)


def ranked_page(
    plan: Plan, filters: Filters, corpus: Corpus, ranked: Ranked
) -> tuple[TextClause, dict[str, Any]]:
    """One statement for a page of ranked cards; each row says how many candidates there were."""
    values = filters.binds() | {
        "at": ranked.at, "limit": ranked.limit, "offset": ranked.offset,
        "candidates": ranked.candidates, "enough": search_plan.ENOUGH,
        "bound": search_plan.CANDIDATES,
    }  # fmt: skip
    parts: list[str] = []
    names: list[str] = []
    for place, level in enumerate(plan.levels):
        parts += _level_parts(place, level, filters, corpus, ranked, names, values)
        names.append(f"d{place}")
    head = _head_part(plan.levels[0], filters, corpus, ranked, values)
    gathered = " UNION ALL ".join(f"SELECT * FROM {name}" for name in ["h", *names])
    sql = f"""
WITH {head},
{", ".join(parts)},
s AS MATERIALIZED (
  SELECT DISTINCT ON (job_id) job_id, level, published_at, {_score(plan, values)} AS score
  FROM ({gathered}) z ORDER BY job_id, level),
p AS (
  SELECT job_id, level, score, published_at, (SELECT count(*) FROM s) AS candidates
  FROM s ORDER BY level, score DESC, published_at DESC, job_id DESC
  LIMIT :limit OFFSET :offset)
SELECT {CARD_COLUMNS}, p.level, p.score, p.candidates FROM p {CARD_JOINS}
ORDER BY p.level, p.score DESC, p.published_at DESC, p.job_id DESC
"""  # noqa: S608 - composed of constants; every value is bound
    return text(sql), values


def count_matches(
    tsquery: Level | None, filters: Filters, corpus: Corpus, at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """The number of matches, exact up to COUNTED and one more than it beyond."""
    values = filters.binds() | {"counted": search_plan.COUNTED + 1}
    where = f"expires_at > now(){filters.sql()}"
    if tsquery is None:
        sql = f"SELECT count(*) FROM (SELECT 1 FROM job_search WHERE {where} LIMIT :counted) m"  # noqa: S608
        return text(sql), values
    values["t"] = tsquery.tsquery
    today = int(at.timestamp() // 86400)
    where = f"doc @@ CAST(:t AS tsquery) AND {where}"
    span = search_plan.window(tsquery.in_doc, search_plan.COUNTED + 1, corpus, today)
    if span is None:
        sql = f"SELECT count(*) FROM (SELECT 1 FROM job_search WHERE {where} LIMIT :counted) m"  # noqa: S608
        return text(sql), values
    values |= {"window": span[0], "first": span[1]}
    sql = f"""
WITH w AS MATERIALIZED (
  SELECT 1 FROM job_search WHERE {where} AND {JOB_TAGS} && :window LIMIT :counted)
SELECT count(*) FROM (
  SELECT * FROM w UNION ALL (
    SELECT 1 FROM job_search WHERE {where} AND pub_day + 0 < :first
      AND (SELECT count(*) FROM w) < :counted LIMIT :counted)) m
"""  # noqa: S608
    return text(sql), values


def sorted_page(
    order: str, filters: Filters, *, limit: int, offset: int
) -> tuple[TextClause, dict[str, Any]]:
    """One statement for a page in an order that the read model is indexed by."""
    values = filters.binds() | {"limit": limit, "offset": offset}
    sql = f"""
WITH p AS (
  SELECT job_id, published_at, salary_max_year FROM job_search
  WHERE expires_at > now(){filters.sql()} ORDER BY {order} LIMIT :limit OFFSET :offset)
SELECT {CARD_COLUMNS}, p.salary_max_year FROM p {CARD_JOINS} ORDER BY {_on_page(order)}
"""  # noqa: S608
    return text(sql), values


def _on_page(order: str) -> str:
    return ", ".join(f"p.{column.strip()}" for column in order.split(","))


def _source(place: int, level: str, column: str, filters: Filters) -> str:
    return (
        f"SELECT job_id, published_at, {place} AS level, head FROM job_search"  # noqa: S608
        f" WHERE {column} @@ CAST(:{level} AS tsquery) AND published_at <= :at"
        f" AND expires_at > now(){filters.sql()}"
    )


def _newest(source: str, condition: str = "") -> str:
    """Fenced by OFFSET 0: else a rare word walks the newest-first index through every job."""
    return (
        f"(SELECT * FROM ({source}{condition} OFFSET 0) x"  # noqa: S608
        " ORDER BY published_at DESC, job_id DESC LIMIT :candidates)"
    )


def _head_part(
    level: Level, filters: Filters, corpus: Corpus, ranked: Ranked, values: dict[str, Any]
) -> str:
    span = search_plan.window(level.in_head, ranked.candidates, corpus, ranked.today)
    condition = ""
    if span is not None:
        values["window_h"] = span[0]
        condition = f" AND {JOB_TAGS} && :window_h"
    return f"h AS MATERIALIZED {_newest(_source(0, 't0', 'head', filters), condition)}"


def _level_parts(
    place: int, level: Level, filters: Filters, corpus: Corpus, ranked: Ranked,
    before: list[str], values: dict[str, Any],
) -> list[str]:  # fmt: skip
    """The newest matches of a level: within its window, then before it, if those are too few."""
    values[f"t{place}"] = level.tsquery
    source = _source(place, f"t{place}", "doc", filters)
    gate = ""
    if before:
        rows = " UNION ALL ".join(f"SELECT 1 FROM {name}" for name in before)
        gate = f" AND (SELECT count(*) FROM ({rows} LIMIT :enough) g) < :enough"
    span = search_plan.window(level.in_doc, ranked.candidates, corpus, ranked.today)
    if span is None:
        return [f"d{place} AS MATERIALIZED {_newest(source, gate)}"]
    values |= {f"window{place}": span[0], f"first{place}": span[1]}
    inside = f"{gate} AND {JOB_TAGS} && :window{place}"
    outside = (
        f"{gate} AND pub_day + 0 < :first{place} AND (SELECT count(*) FROM w{place}) < :candidates"
    )
    return [
        f"w{place} AS MATERIALIZED {_newest(source, inside)}",
        f"d{place} AS MATERIALIZED (SELECT * FROM w{place} UNION ALL {_newest(source, outside)})",
    ]


def _score(plan: Plan, values: dict[str, Any]) -> str:
    """Weight of each word in the head, twice if in the title, less 0.02 a day of age."""
    parts = []
    for i, (lexeme, weight) in enumerate(plan.terms):
        quoted = search_plan.quote(lexeme)
        values |= {f"word{i}": quoted, f"title{i}": f"{quoted}:A", f"weight{i}": weight}
        parts.append(
            f"CAST(:weight{i} AS float8) * ((head @@ CAST(:word{i} AS tsquery))::int"
            f" + (head @@ CAST(:title{i} AS tsquery))::int)"
        )
    words = " + ".join(parts) or "0::float8"
    return f"{words} - 0.02::float8 * extract(epoch FROM CAST(:at AS timestamptz) - published_at)::float8 / 86400"
