"""What a search that found nothing would find without one of its filters; one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from src.models.job_search import JOB_TAGS
from src.queries import search_plan
from src.queries.job_search import NO_SEQSCAN, Filters
from src.queries.search_plan import Corpus, Level
from src.queries.search_window import window

# Counted exactly up to here: it is asked for several searches at once.
COUNTED = 1_000


def count_without(
    filters: Mapping[str, Filters], levels: Sequence[Level], corpus: Corpus, at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """A row `name`, `total`, `is_least` for each of these; `total` is at most COUNTED + 1.

    Of common words the days that should hold as many are counted: there may be more (`is_least`).
    Levels count as a page of relevance takes them: the next one where all before gave too few.
    """
    values: dict[str, Any] = {"most": COUNTED + 1, "enough": search_plan.ENOUGH}
    words = _words(levels, corpus, at, values)
    parts = []
    for place, (name, left) in enumerate(filters.items()):
        parts.append(
            f"SELECT '{name}' AS name, ({_total(own(left, place, values), words)}) AS total"
        )
    is_least = any(name.startswith("window") for name in values)
    return text(f"""
{NO_SEQSCAN if levels else ""}SELECT n.*, {is_least} AS is_least
FROM ({" UNION ALL ".join(parts)}) n ORDER BY total DESC, name
"""), values


def own(filters: Filters, place: int, values: dict[str, Any]) -> str:
    """The conditions, their values under names of their own."""
    sql = filters.sql()
    # The longest first: no name is the beginning of one that is still to come.
    for name, value in sorted(filters.binds().items(), reverse=True):
        sql = sql.replace(f":{name}", f":w{place}_{name}")
        values[f"w{place}_{name}"] = value
    return sql


def _words(
    levels: Sequence[Level], corpus: Corpus, at: datetime, values: dict[str, Any]
) -> list[str]:
    """The condition of each level; of common words, in the days that hold enough of them."""
    found = []
    for place, level in enumerate(levels):
        values[f"t{place}"] = level.tsquery
        condition = f" AND doc @@ CAST(:t{place} AS tsquery)"
        span = window(level.in_doc, COUNTED + 1, corpus, int(at.timestamp() // 86400))
        if span is not None:
            values[f"window{place}"] = span[0]
            condition += f" AND {JOB_TAGS} && :window{place}"
        found.append(condition)
    return found or [""]


def _total(conditions: str, words: list[str]) -> str:
    """Fenced by OFFSET 0: each level is asked once, and only when it has to be."""
    count = (
        "(SELECT count(*) FROM (SELECT 1 FROM job_search WHERE expires_at > now(){} LIMIT :most) c)"
    )
    first, *looser = (count.format(conditions + condition) for condition in words)
    source = f"(SELECT {first} AS n OFFSET 0) l0"
    for place, more in enumerate(looser):
        source += (
            f", LATERAL (SELECT CASE WHEN l{place}.n >= :enough THEN l{place}.n"
            f" ELSE greatest(l{place}.n, {more}) END AS n OFFSET 0) l{place + 1}"
        )
    return f"SELECT l{len(looser)}.n FROM {source}"
