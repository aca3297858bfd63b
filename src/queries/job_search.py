"""The statements of job search, composed from a plan and filters; every value is bound."""

import math
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import TextClause, text

from src.models.job_search import JOB_TAGS
from src.queries.paging import PageRequest

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
# It travels with the statement, in one message.
NO_SEQSCAN = "SET LOCAL enable_seqscan = off;\n"

TITLE = text("""
SELECT j.title, j.status, j.published_at, j.first_published_at, j.expires_at,
       c.status AS company_status, false AS is_related
FROM jobs j JOIN companies c ON c.id = j.company_id
WHERE j.id = :job_id
""")

COMPANY_EXISTS = text("""
SELECT 1 FROM companies
WHERE status = 'active' AND (slug = :company OR id = CAST(:company_id AS bigint))
""")

# When the next published job ends, and with it every count of live jobs.
NEXT_END = """(
  SELECT min(expires_at) FROM jobs WHERE status = 'published' AND expires_at > now())"""

_TYPES = "'{full_time,part_time,contract,temporary,internship,volunteer}'::text[]"
_LEVELS = "'{entry,junior,mid,senior,lead,executive}'::text[]"
STATS = text(f"""
WITH live AS MATERIALIZED (
  SELECT employment_type, experience_level, category_id, count(*) AS n,
         count(*) FILTER (WHERE is_remote) AS remote,
         count(*) FILTER (WHERE published_at > now() - interval '7 days') AS new_7d
  FROM job_search WHERE expires_at > now()
  GROUP BY employment_type, experience_level, category_id)
SELECT jsonb_build_object(
  'live', (SELECT coalesce(sum(n), 0) FROM live),
  'remote', (SELECT coalesce(sum(remote), 0) FROM live),
  'new_7d', (SELECT coalesce(sum(new_7d), 0) FROM live),
  'companies', (
    SELECT count(*) FROM companies c WHERE EXISTS (
      SELECT FROM job_search s WHERE s.company_id = c.id AND s.expires_at > now())),
  'by_employment_type', (
    SELECT coalesce(jsonb_object_agg(({_TYPES})[k], n), '{{}}') FROM (
      SELECT employment_type AS k, sum(n) AS n FROM live
      WHERE employment_type IS NOT NULL GROUP BY 1) t),
  'by_experience_level', (
    SELECT coalesce(jsonb_object_agg(({_LEVELS})[k], n), '{{}}') FROM (
      SELECT experience_level AS k, sum(n) AS n FROM live
      WHERE experience_level IS NOT NULL GROUP BY 1) t),
  'by_category', (
    SELECT coalesce(jsonb_object_agg(c.slug, t.n), '{{}}') FROM (
      SELECT category_id, sum(n) AS n FROM live
      WHERE category_id IS NOT NULL GROUP BY 1) t
    JOIN categories c ON c.id = t.category_id)) AS figures,
  {NEXT_END} AS next_end
""")

# The column orders a list can have, the name of their key, and each has its index.
ORDERS = {
    "newest": (("published_at", "job_id"), "published_at DESC, job_id DESC"),
    "salary": (("salary", "job_id"), "coalesce(salary_max_year, -1) DESC, job_id DESC"),
}


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


_KEYS = "job_id, published_at, salary_max_year"
# Jobs are read one after the other up to here; when that should not do, all matches are gathered.
_MOST_WALKED = 20_000
# Words are not spread evenly over the order.
_WALK_SAFETY = 3


@dataclass(frozen=True, slots=True)
class Words:
    """All the words of a list in another order than relevance, and the share of jobs with them."""

    tsquery: str
    share: float

    def walk(self, needed: int) -> int:
        """How many jobs of the order should hold so many with the words; 0 when too many would."""
        walked = math.ceil(_WALK_SAFETY * needed / self.share) if self.share else _MOST_WALKED + 1
        return walked if walked <= _MOST_WALKED else 0


def sorted_page(
    sort: str, filters: Filters, request: PageRequest, words: Words | None = None
) -> tuple[TextClause, dict[str, Any]]:
    """One statement for a page, and one row more, in an order the read model is indexed by."""
    key, order = ORDERS[sort]
    values = filters.binds() | {"limit": request.size + 1, "offset": request.offset}
    after = ""
    if request.after is not None:
        first, last = request.place(len(key))
        values |= {"first": first, "last": last, "offset": 0}
        column = order.split(" DESC")[0]
        after = f" AND ({column}, job_id) < (:first, :last)"
    where = f"expires_at > now(){after}"
    source = f"SELECT {_KEYS} FROM job_search WHERE {where}{filters.sql()}"
    ctes = ""
    if words is not None:
        needed = request.size + 1 + values["offset"]
        values |= {"t": words.tsquery, "needed": needed, "walked": words.walk(needed)}
        ctes, source = _of_words(where, order, filters)
    sql = f"""
{NO_SEQSCAN if ctes else ""}WITH {ctes}p AS (
  SELECT job_id, published_at, salary_max_year, coalesce(salary_max_year, -1) AS salary
  FROM ({source}) x ORDER BY {order} LIMIT :limit OFFSET :offset)
SELECT {CARD_COLUMNS}, p.salary FROM p {CARD_JOINS} ORDER BY p.{key[0]} DESC, p.job_id DESC
"""
    return text(sql), values


def _of_words(where: str, order: str, filters: Filters) -> tuple[str, str]:
    """The rows that match words, of the beginning of the order, or else of all.

    A common word is soon met in the order; to gather all its jobs first, and sort them, took three
    seconds. A rare one is gathered whole, fenced by OFFSET 0: walking the order would read every
    job in search of it.
    """
    match = f"doc @@ CAST(:t AS tsquery){filters.sql()}"
    walked = f"""walked AS MATERIALIZED (
  SELECT {_KEYS} FROM (
    SELECT * FROM job_search WHERE {where} ORDER BY {order} LIMIT :walked OFFSET 0) b
  WHERE {match}),
"""
    found = "(SELECT count(*) FROM walked)"
    return walked, (
        f"SELECT * FROM walked WHERE {found} >= :needed UNION ALL ("
        f"SELECT {_KEYS} FROM job_search WHERE {where} AND {match} AND {found} < :needed OFFSET 0)"
    )


def sort_key(sort: str, row: Any) -> tuple[Any, ...]:
    """What a cursor holds of the last row of a page."""
    return (row.published_at, row.id) if sort == "newest" else (row.salary, row.id)
