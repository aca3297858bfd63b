"""The lists that a ranked page is cut from: newest matches of heads, then of ever looser levels."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from src.models.job_search import JOB_TAGS
from src.queries import search_plan
from src.queries.job_search import Filters
from src.queries.search_plan import Corpus, Level, Plan
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
    # Somebody asks for the total: lists that are counted anyway are read whole, and once.
    is_counted: bool = False


@dataclass
class Lists:
    """The tables of a WITH, each row with job_id, level and what is scored; and their values."""

    plan: Plan
    filters: Filters
    corpus: Corpus
    ranked: Ranked
    values: dict[str, Any] = field(default_factory=dict)
    # The lists so far, of heads and of texts, strictest first; and the levels that are read whole.
    heads: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)

    def tables(self) -> str:
        self.values |= self.filters.binds() | {
            "at": self.ranked.at,
            "candidates": self.ranked.candidates,
            "enough": search_plan.ENOUGH,
        }
        heads = self._of_heads()
        parts = [part for place in range(len(self.plan.levels)) for part in self._level(place)]
        return ", ".join([*heads, *parts])

    def gathered(self) -> str:
        """All lists together; a job may be in several."""
        return " UNION ALL ".join(f"SELECT * FROM {name}" for name in (*self.heads, *self.names))

    def is_cut(self) -> str:
        """Whether there may be more matches than the lists hold."""
        sizes = (f"(SELECT count(*) FROM {name})" for name in (*self.heads, *self.names))
        return " OR ".join(f"{size} >= :candidates" for size in sizes)

    def counted(self, deepest: str) -> str:
        """The matches of the deepest level, null where its list was not read to the end."""
        cases = [
            f"WHEN {place} THEN CASE WHEN {self._texts_are_read() if place == 0 else 'true'}"
            f" THEN (SELECT count(*) FROM a{place}) END"
            for place in self.whole
        ]
        return f"CASE {deepest} {' '.join(cases)} END" if cases else "CAST(NULL AS bigint)"

    def _of_heads(self) -> list[str]:
        """All in the head, first as written: these matter most, and their index is small."""
        first = self.plan.levels[0]
        made = []
        for tsquery in first.heads or (first.tsquery,):
            name = f"h{len(self.heads)}"
            self.values[f"t_{name}"] = tsquery
            inside = self._window(name, first.in_head)
            condition = f" AND {JOB_TAGS} && :window_{name}" if inside else ""
            matching = self._matching(0, "head", condition, f"t_{name}")
            made.append(f"{name} AS MATERIALIZED {_newest(matching)}")
            self.heads.append(name)
        return made

    def _level(self, place: int) -> list[str]:
        """The newest matches of a level: in its window, then before it when those are too few."""
        level: Level = self.plan.levels[place]
        self.values[f"t{place}"] = level.tsquery
        gate = self._gate()
        self.names.append(f"d{place}")
        is_short = self.ranked.is_counted and level.in_doc <= search_plan.COUNTED
        if is_short or not self._window(str(place), level.in_doc):
            self.whole.append(place)
            return [
                f"a{place} AS MATERIALIZED ({self._matching(place, 'doc', gate)})",
                f"d{place} AS MATERIALIZED {_newest(f'SELECT * FROM a{place}')}",
            ]
        inside = f"{gate} AND {JOB_TAGS} && :window_{place}"
        outside = (
            f"{gate} AND pub_day + 0 < :first_{place}"
            f" AND (SELECT count(*) FROM w{place}) < :candidates"
        )
        older = _newest(self._matching(place, "doc", outside))
        return [
            f"w{place} AS MATERIALIZED {_newest(self._matching(place, 'doc', inside))}",
            f"d{place} AS MATERIALIZED (SELECT * FROM w{place} UNION ALL {older})",
        ]

    def _gate(self) -> str:
        """Closed once what came before gave enough; it looks at all of it, not only the last.

        The texts are read while no list of heads is full, a looser level while those before gave
        hardly any.
        """
        if not self.names:
            return f" AND {self._texts_are_read()}"
        rows = " UNION ALL ".join(f"SELECT 1 FROM {name}" for name in (*self.heads, *self.names))
        return f" AND (SELECT count(*) FROM ({rows} LIMIT :enough) g) < :enough"

    def _texts_are_read(self) -> str:
        """The lists of heads have jobs in common: only a full one tells that there are enough."""
        sizes = ", ".join(f"(SELECT count(*) FROM {name})" for name in self.heads)
        return f"greatest({sizes}) < :candidates"

    def _window(self, name: str, expected: float) -> bool:
        today = int(self.ranked.at.timestamp() // 86400)
        span = window(expected, self.ranked.candidates, self.corpus, today)
        if span is None:
            return False
        self.values[f"window_{name}"], self.values[f"first_{name}"] = span
        return True

    def _matching(self, place: int, column: str, condition: str, asked: str = "") -> str:
        """Fenced by OFFSET 0: else a rare word walks the newest-first index through every job."""
        return (
            f"SELECT job_id, published_at, {place} AS level, company_id, head, title_length"
            f" FROM job_search WHERE {column} @@ CAST(:{asked or f't{place}'} AS tsquery)"
            f" AND published_at <= :at AND expires_at > now(){self.filters.sql()}{condition}"
            " OFFSET 0"
        )


def _newest(source: str) -> str:
    return f"(SELECT * FROM ({source}) x ORDER BY published_at DESC, job_id DESC LIMIT :candidates)"
