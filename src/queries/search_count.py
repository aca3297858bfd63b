"""Counting what matches: how many jobs, exact up to a bound, and beyond it by a sample."""

from typing import Any

from sqlalchemy import TextClause, text

from src.models.job_search import SAMPLES, in_sample
from src.queries import search_plan
from src.queries.job_search import NO_SEQSCAN, Filters
from src.queries.search_plan import Level

# The sample that tells whether there are more than COUNTED.
SHARE = SAMPLES[0]


def condition(level: Level | None, filters: Filters) -> tuple[str, dict[str, Any]]:
    """What a live job of these filters, and of this level, meets; and the values.

    A level without a tsquery is all jobs, of which many have to be read to count those of filters.
    """
    where, values = f"expires_at > now(){filters.sql()}", filters.binds()
    if level is None or not level.tsquery:
        return where, values
    return f"doc @@ CAST(:t AS tsquery) AND {where}", values | {"t": level.tsquery}


def is_common(level: Level | None) -> bool:
    """Whether to look at a sample first: it answers for what is common."""
    return level is not None and level.in_doc > search_plan.SAMPLED


def has_words(level: Level | None) -> bool:
    """Whether words are looked for by their index."""
    return level is not None and bool(level.tsquery)


def count_matches(level: Level | None, filters: Filters) -> tuple[TextClause, dict[str, Any]]:
    """The number of matches, exact up to COUNTED and one more than it beyond."""
    where, values = condition(level, filters)
    values |= {"counted": search_plan.COUNTED + 1}
    exact, begin = _count(where, "counted"), NO_SEQSCAN if has_words(level) else ""
    if not is_common(level):
        return text(begin + exact), values
    values |= {"sure": search_plan.SURE}
    sampled = _count(f"{in_sample(SHARE)} AND {where}", "sure")
    return text(f"""
{begin}SELECT CASE WHEN ({sampled}) >= :sure THEN :counted ELSE ({exact}) END AS matches
"""), values


def _count(where: str, bound: str) -> str:
    return f"SELECT count(*) FROM (SELECT 1 FROM job_search WHERE {where} LIMIT :{bound}) m"


def matches(columns: str, level: Level | None, filters: Filters) -> tuple[str, dict[str, Any]]:
    """Tables of a WITH: `m`, these columns of up to COUNTED matches, and `share`, of one row: each
    of them stands for `share` matches, and whether there are more of them than COUNTED (`is_cut`).

    Matches of a common level are drawn: the smallest sample that has enough of them.
    """
    where, values = condition(level, filters)
    values |= {"counted": search_plan.COUNTED + 1, "most": search_plan.COUNTED}
    source = f"SELECT {columns} FROM job_search WHERE {where}"
    # All live jobs: of these the newest, which an index gives at once.
    newest = "" if level or filters.sql() else " ORDER BY published_at DESC, job_id DESC"
    tables, sizes, too_few = [], {}, ""
    for share in _shares(level):
        values["sure"] = search_plan.SURE
        tables.append(f"s{share} AS MATERIALIZED ({source} AND {in_sample(share)}{too_few})")
        sizes[share] = f"(SELECT count(*) FROM s{share}) >= :sure"
        too_few += f" AND NOT {sizes[share]}"
    tables.append(f"found AS MATERIALIZED ({source}{too_few}{newest} LIMIT :counted)")
    cases = " ".join(f"WHEN {size} THEN {share}" for share, size in sizes.items())
    share_of = f"CASE {cases} ELSE 1 END" if cases else "1"
    tables.append(f"""share AS MATERIALIZED (
  SELECT share, share > 1 OR (SELECT count(*) > :most FROM found) AS is_cut,
         CAST(NULL AS int) AS deepest
  FROM (SELECT {share_of} AS share) x)""")
    parts = [f"SELECT * FROM s{share} WHERE (SELECT share FROM share) = {share}" for share in sizes]
    parts.append("(SELECT * FROM found LIMIT :most)")
    tables.append(f"m AS NOT MATERIALIZED ({' UNION ALL '.join(parts)})")
    return ",\n".join(tables), values


def _shares(level: Level | None) -> list[int]:
    """The samples to draw, the smallest first: each that should have enough of the matches."""
    if level is None or not is_common(level):
        return []
    return [
        share
        for share in sorted(SAMPLES, reverse=True)
        if share == SHARE or level.in_doc > share * search_plan.SURE
    ]
