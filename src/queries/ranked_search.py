"""The one statement of a ranked page: newest candidates of each level, scored, cut to a page."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from src.models.job_search import JOB_TAGS
from src.queries import search_plan
from src.queries.job_search import CARD_COLUMNS, CARD_JOINS, NO_SEQSCAN, Filters
from src.queries.search_plan import Corpus, Level, Plan
from src.queries.search_score import Score
from src.queries.search_window import window


@dataclass(frozen=True, slots=True)
class Ranked:
    """The moment a page is seen from, its cut, and how many newest matches are ranked."""

    at: datetime
    limit: int
    offset: int = 0
    candidates: int = search_plan.CANDIDATES
    # At most so many of one company, the best of them.
    per_company: int | None = None


def page(
    plan: Plan, filters: Filters, corpus: Corpus, ranked: Ranked
) -> tuple[TextClause, dict[str, Any]]:
    """The statement and its values.

    Each row is a card with `level`, `score`, the number of `candidates`, the `deepest` level that
    was needed, and whether some list of candidates `is_cut`, so that there may be more matches.
    """
    return _Statement(plan, filters, corpus, ranked).build()


def candidates(
    plan: Plan, filters: Filters, corpus: Corpus, ranked: Ranked
) -> tuple[str, dict[str, Any]]:
    """What a ranked page is cut from: the beginning of a statement, and its values.

    Its table `s` has the `job_id` and `level` of each candidate, `cut` one row: whether some list
    of candidates `is_cut`, and the `deepest` level that was needed.
    """
    return _Statement(plan, filters, corpus, ranked).gather()


def scored(
    plan: Plan, filters: Filters, corpus: Corpus, ranked: Ranked
) -> tuple[str, str, dict[str, Any]]:
    """All that a ranked page is cut from, scored: the beginning of a statement, the name of its
    table in the order BEST, and its values. Table `s` has them before `per_company`.
    """
    statement = _Statement(plan, filters, corpus, ranked)
    begin, table, _ = statement.scored()
    return begin, table, statement.values


BEST = "score DESC, published_at DESC, job_id DESC"


@dataclass
class _Statement:
    plan: Plan
    filters: Filters
    corpus: Corpus
    ranked: Ranked
    values: dict[str, Any] = field(default_factory=dict)
    # The candidate lists so far, of heads and of texts, strictest first.
    heads: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def build(self) -> tuple[TextClause, dict[str, Any]]:
        begin, ranked, cut = self.scored()
        self.values |= {"limit": self.ranked.limit, "offset": self.ranked.offset}
        sql = f"""{begin},
p AS (
  SELECT job_id, level, score, published_at, (SELECT count(*) FROM {ranked}) AS candidates,
         (SELECT max(level) FROM s) AS deepest, ({cut}) AS is_cut
  FROM {ranked} ORDER BY {BEST}
  LIMIT :limit OFFSET :offset)
SELECT {CARD_COLUMNS}, p.level, p.score, p.candidates, p.deepest, p.is_cut
FROM p {CARD_JOINS}
ORDER BY p.score DESC, p.published_at DESC, p.job_id DESC
"""
        return text(sql), self.values

    def scored(self) -> tuple[str, str, str]:
        """The candidates with their scores, the table of those that may be shown, and the cut."""
        score = Score(self.plan)
        self.values |= score.values
        lists, gathered, cut = self._lists()
        sql = f"""
{NO_SEQSCAN}WITH {lists},
s AS MATERIALIZED (
  SELECT DISTINCT ON (job_id) job_id, level, published_at, company_id, {score.sql} AS score
  FROM ({gathered}) z ORDER BY job_id, level){self._spread()}"""
        return sql, "s" if self.ranked.per_company is None else "spread", cut

    def _spread(self) -> str:
        """The best of each company in place of all."""
        if self.ranked.per_company is None:
            return ""
        self.values["per_company"] = self.ranked.per_company
        return f""",
spread AS MATERIALIZED (
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY company_id ORDER BY {BEST}) AS nth FROM s) r
  WHERE nth <= :per_company)"""

    def gather(self) -> tuple[str, dict[str, Any]]:
        lists, gathered, cut = self._lists()
        sql = f"""
{NO_SEQSCAN}WITH {lists},
s AS MATERIALIZED (SELECT job_id, min(level) AS level FROM ({gathered}) z GROUP BY job_id),
cut AS (SELECT ({cut}) AS is_cut, (SELECT max(level) FROM s) AS deepest)"""
        return sql, self.values

    def _lists(self) -> tuple[str, str, str]:
        """The lists of candidates, all of them together, and whether one of them is cut."""
        self.values |= self.filters.binds() | {
            "at": self.ranked.at,
            "candidates": self.ranked.candidates,
            "enough": search_plan.ENOUGH,
        }
        heads = self._heads()
        parts = [part for place in range(len(self.plan.levels)) for part in self._level(place)]
        lists = [*self.heads, *self.names]
        gathered = " UNION ALL ".join(f"SELECT * FROM {name}" for name in lists)
        cut = " OR ".join(f"(SELECT count(*) FROM {name}) >= :candidates" for name in lists)
        return ", ".join([*heads, *parts]), gathered, cut

    def _heads(self) -> list[str]:
        """All in the head, first as written: these matter most, and their index is small."""
        first = self.plan.levels[0]
        asked = first.heads or (first.tsquery,)
        made = []
        for tsquery in asked:
            name = f"h{len(self.heads)}"
            self.values[f"t_{name}"] = tsquery
            inside = self._window(name, first.in_head)
            condition = f" AND {JOB_TAGS} && :window_{name}" if inside else ""
            made.append(f"{name} AS MATERIALIZED {self._newest(0, 'head', condition, f't_{name}')}")
            self.heads.append(name)
        return made

    def _level(self, place: int) -> list[str]:
        """The newest matches of a level: in its window, then before it when those are too few."""
        level: Level = self.plan.levels[place]
        self.values[f"t{place}"] = level.tsquery
        gate = self._gate()
        self.names.append(f"d{place}")
        if not self._window(str(place), level.in_doc):
            return [f"d{place} AS MATERIALIZED {self._newest(place, 'doc', gate)}"]
        inside = f"{gate} AND {JOB_TAGS} && :window_{place}"
        outside = (
            f"{gate} AND pub_day + 0 < :first_{place}"
            f" AND (SELECT count(*) FROM w{place}) < :candidates"
        )
        older = self._newest(place, "doc", outside)
        return [
            f"w{place} AS MATERIALIZED {self._newest(place, 'doc', inside)}",
            f"d{place} AS MATERIALIZED (SELECT * FROM w{place} UNION ALL {older})",
        ]

    def _gate(self) -> str:
        """Closed once what came before gave enough; it looks at all of it, not only the last.

        The texts are read while the heads have not given all that can be paged to, a looser level
        while those before gave hardly any.
        """
        if not self.names:
            heads = " + ".join(f"(SELECT count(*) FROM {name})" for name in self.heads)
            return f" AND {heads} < :candidates"
        rows = " UNION ALL ".join(f"SELECT 1 FROM {name}" for name in (*self.heads, *self.names))
        return f" AND (SELECT count(*) FROM ({rows} LIMIT :enough) g) < :enough"

    def _window(self, name: str, expected: float) -> bool:
        today = int(self.ranked.at.timestamp() // 86400)
        span = window(expected, self.ranked.candidates, self.corpus, today)
        if span is None:
            return False
        self.values[f"window_{name}"], self.values[f"first_{name}"] = span
        return True

    def _newest(self, place: int, column: str, condition: str, asked: str = "") -> str:
        """Fenced by OFFSET 0: else a rare word walks the newest-first index through every job."""
        return (
            f"(SELECT * FROM (SELECT job_id, published_at, {place} AS level, company_id, head,"
            " title_length FROM job_search"
            f" WHERE {column} @@ CAST(:{asked or f't{place}'} AS tsquery) AND published_at <= :at"
            f" AND expires_at > now(){self.filters.sql()}{condition} OFFSET 0) x"
            " ORDER BY published_at DESC, job_id DESC LIMIT :candidates)"
        )
