"""The lists that a ranked page is cut from: newest matches of heads, then of ever looser levels."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from src.models.job_search import JOB_TAGS, in_sample
from src.queries import search_plan
from src.queries.job_search import Filters
from src.queries.search_count import SHARE
from src.queries.search_plan import Corpus, Level, Plan
from src.queries.search_window import window

_KEYS = "job_id, published_at"
_COLUMNS = "job_id, published_at, {place} AS level, company_id, head, title_length"


@dataclass(frozen=True, slots=True)
class Ranked:
    """The moment a page is seen from, its cut, and how many newest matches are ranked."""

    at: datetime
    limit: int
    offset: int = 0
    # The score, moment and id of the row to go on after.
    after: tuple[float, datetime, int] | None = None
    candidates: int = field(default_factory=lambda: search_plan.CANDIDATES)
    # At most so many of one company, the best of them.
    per_company: int | None = None
    # Somebody asks for the total: what is counted anyway is read whole, and once.
    is_counted: bool = False


@dataclass
class Lists:
    """The tables of a WITH, each row with job_id, level and what is scored; and their values."""

    plan: Plan
    filters: Filters
    corpus: Corpus
    ranked: Ranked
    values: dict[str, Any] = field(default_factory=dict)
    # The lists so far, of heads and of texts, strictest first.
    heads: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    # The levels whose lists are read whole, the one of them that may be too common for that.
    whole: list[int] = field(default_factory=list)
    sampled: int | None = None

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
            f" THEN {self._length(place)} END"
            for place in self.whole
        ]
        return f"CASE {deepest} {' '.join(cases)} END" if cases else "CAST(NULL AS bigint)"

    def _length(self, place: int) -> str:
        length = f"(SELECT count(*) FROM a{place})"
        if place != self.sampled:
            return length
        return f"CASE WHEN {self._is_common(place)} THEN :counted ELSE {length} END"

    def _of_heads(self) -> list[str]:
        """All in the head, first as written: these matter most, and their index is small."""
        first = self.plan.levels[0]
        made = []
        for tsquery in first.heads or (first.tsquery,):
            name = f"h{len(self.heads)}"
            self.values[f"t_{name}"] = tsquery
            inside = self._window(name, first.in_head)
            condition = f" AND {JOB_TAGS} && :window_{name}" if inside else ""
            if not first.heads and "!" in tsquery:
                # A head lacks what its text may have. Both indexes together: no text is read.
                condition += " AND doc @@ CAST(:t0 AS tsquery)"
            matching = self._matching(0, "head", condition, f"t_{name}")
            made.append(f"{name} AS MATERIALIZED {_newest(matching)}")
            self.heads.append(name)
        return made

    def _level(self, place: int) -> list[str]:
        """The newest matches of a level: of all, or of its window when there are many."""
        level: Level = self.plan.levels[place]
        self.values[f"t{place}"] = level.tsquery
        gate = self._gate()
        self.names.append(f"d{place}")
        if not self._window(str(place), level.in_doc):
            return self._whole(place, gate)
        if self.ranked.is_counted and self.sampled is None:
            return self._either(place, gate)
        return [self._inside(place, gate), self._list(place, self._windowed(place, gate))]

    def _list(self, place: int, *sources: str) -> str:
        return f"d{place} AS MATERIALIZED ({' UNION ALL '.join(sources)})"

    def _whole(self, place: int, gate: str) -> list[str]:
        self.whole.append(place)
        return [
            f"a{place} AS MATERIALIZED ({self._matching(place, 'doc', gate)})",
            self._list(place, _newest(f"SELECT * FROM a{place}")),
        ]

    def _either(self, place: int, gate: str) -> list[str]:
        """All, unless a sample says that there are more than are counted."""
        self.sampled = place
        self.values |= {"sure": search_plan.SURE, "counted": search_plan.COUNTED + 1}
        sample = self._matching(place, "doc", f" AND {in_sample(SHARE)}{gate}")
        is_common = self._is_common(place)
        self.whole.append(place)
        every = self._matching(place, "doc", f"{gate} AND NOT {is_common}", columns=_KEYS)
        # Thousands of rows are kept and sorted by their keys alone.
        newest = (
            f"SELECT {_COLUMNS.format(place=place)} FROM {_newest(f'SELECT * FROM a{place}')} k"
            " JOIN job_search USING (job_id, published_at)"
        )
        found = f"SELECT count(*) AS n FROM (SELECT 1 FROM ({sample}) x LIMIT :sure) y"
        return [
            f"n{place} AS MATERIALIZED ({found})",
            f"a{place} AS MATERIALIZED ({every})",
            self._inside(place, f"{gate} AND {is_common}"),
            self._list(place, newest, self._windowed(place, f"{gate} AND {is_common}")),
        ]

    def _is_common(self, place: int) -> str:
        return f"(SELECT n >= :sure FROM n{place})"

    def _inside(self, place: int, gate: str) -> str:
        condition = f"{gate} AND {JOB_TAGS} && :window_{place}"
        return f"w{place} AS MATERIALIZED {_newest(self._matching(place, 'doc', condition))}"

    def _windowed(self, place: int, gate: str) -> str:
        """The window's, and when these are too few what lies before it."""
        too_few = f"(SELECT count(*) FROM w{place}) < :candidates"
        condition = f"{gate} AND pub_day + 0 < :first_{place} AND {too_few}"
        older = _newest(self._matching(place, "doc", condition))
        return f"SELECT * FROM w{place} UNION ALL {older}"

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

    def _matching(
        self, place: int, column: str, condition: str, asked: str = "", columns: str = ""
    ) -> str:
        """Fenced by OFFSET 0: else a rare word walks the newest-first index through every job."""
        return (
            f"SELECT {columns or _COLUMNS.format(place=place)}"
            f" FROM job_search WHERE {column} @@ CAST(:{asked or f't{place}'} AS tsquery)"
            f" AND published_at <= :at AND expires_at > now(){self.filters.sql()}{condition}"
            " OFFSET 0"
        )


def _newest(source: str) -> str:
    return f"(SELECT * FROM ({source}) x ORDER BY published_at DESC, job_id DESC LIMIT :candidates)"
