"""Why a job is found where it is: the ranking's own expressions over single jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from src.queries import ranked_search, search_literal
from src.queries.job_search import Filters
from src.queries.search_candidates import Ranked
from src.queries.search_literal import titled
from src.queries.search_plan import Corpus, Plan
from src.queries.search_score import Score
from src.queries.search_without import own

STATE = text("""
SELECT j.company_id, j.deleted_at, c.status AS company_status,
       CASE WHEN j.status = 'published' AND j.expires_at <= now() THEN 'expired' ELSE j.status END
         AS status
FROM jobs j JOIN companies c ON c.id = j.company_id
WHERE j.id = :job_id
""")


@dataclass
class Explaining:
    """Statements about single jobs under one plan, seen from the moment of its page."""

    plan: Plan
    at: datetime
    title_only: bool = False
    values: dict[str, Any] = field(default_factory=dict)

    def of_page(self, levels: Mapping[int, int]) -> tuple[TextClause, dict[str, Any]]:
        """A row for each of these jobs, at these levels: see `_columns`."""
        columns, matches = self._columns()
        self.values |= {"ids": list(levels), "levels": list(levels.values())}
        return text(f"""
SELECT job_id, level, {columns}
FROM (SELECT *{matches}
      FROM unnest(CAST(:ids AS bigint[]), CAST(:levels AS int[])) AS a (job_id, level)
      JOIN job_search USING (job_id) OFFSET 0) x
"""), self.values

    def of_job(
        self, job_id: int, filters: Mapping[str, Filters]
    ) -> tuple[TextClause, dict[str, Any]]:
        """Its row of `_columns`, none when it is in no search; also whether it `is_live`, the
        strictest `level` it meets or null, and the names of the filters it is `excluded_by`.
        """
        columns, matches = self._columns()
        self.values |= {"job_id": job_id}
        if self.plan.unlike:
            filters = {**filters, "q": search_literal.without(self.plan.unlike)}
        kept_out = ", ".join(
            f"CASE WHEN (true{own(each, place, self.values)}) IS NOT TRUE THEN '{name}' END"
            for place, (name, each) in enumerate(filters.items())
        )
        excluded = f"array_remove(ARRAY[{kept_out}]::text[], NULL)"
        return text(f"""
SELECT job_id, level, is_live, excluded_by, {columns}
FROM (SELECT job_id, published_at, head, doc, title_length{matches}, {self._level()} AS level,
             expires_at > now() AND published_at <= :at AS is_live, {excluded} AS excluded_by
      FROM job_search WHERE job_id = :job_id OFFSET 0) x
"""), self.values

    def _columns(self) -> tuple[str, str]:
        """`score`, its `parts` by name, and of each term and each wish whether the job has it; and
        what these are made of.
        """
        score = Score(self.plan)
        self.values |= score.values | {"at": self.at}
        parts = ", ".join(f"'{name}', {part}" for name, part in score.parts.items())
        terms = [term.in_head() for term in self.plan.terms]
        has = [self._has(titled(each) if self.title_only else each) for each in terms]
        wished = [self._has(wish.fits) for wish in self.plan.preferences]
        return (
            f"{score.sql} AS score, jsonb_build_object({parts}) AS parts,"
            f" ARRAY[{', '.join(has)}]::bool[] AS has_terms,"
            f" ARRAY[{', '.join(wished)}]::bool[] AS has_wishes"
        ), score.matches

    def _level(self) -> str:
        """The strictest level whose words the job has."""
        cases = []
        for place, level in enumerate(self.plan.levels):
            heads = [f" OR {self._has(tsquery, 'head')}" for tsquery in level.heads if not place]
            cases.append(f"WHEN {self._has(level.tsquery)}{''.join(heads)} THEN {place}")
        return f"CASE {' '.join(cases)} END" if cases else "NULL::int"

    def _has(self, tsquery: str, column: str = "doc") -> str:
        name = f"has{len(self.values)}"
        self.values[name] = tsquery
        return f"{column} @@ CAST(:{name} AS tsquery)"


def place_of(
    job_id: int, plan: Plan, filters: Filters, corpus: Corpus, ranked: Ranked
) -> tuple[TextClause, dict[str, Any]]:
    """One row: the job's `rank` from 1 or null, whether it `is_ranked`, though others of its
    company may stand for it, and the `deepest` level that was needed.
    """
    begin, table, values = ranked_search.scored(plan, filters, corpus, ranked)
    return text(f"""{begin}
SELECT r.rank, (SELECT max(level) FROM s) AS deepest,
       EXISTS (SELECT FROM s WHERE s.job_id = :job_id) AS is_ranked
FROM (SELECT 1) one
LEFT JOIN (
  SELECT job_id, row_number() OVER (ORDER BY {ranked_search.BEST}) AS rank FROM {table}) r
  ON r.job_id = :job_id
"""), values | {"job_id": job_id}
