"""Counting what matches: how many jobs, exact up to a bound that holds for every query."""

from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from src.models.job_search import JOB_TAGS
from src.queries import search_plan
from src.queries.job_search import Filters
from src.queries.search_plan import Corpus, Level
from src.queries.search_window import window


def matches(
    columns: str, level: Level | None, filters: Filters, corpus: Corpus, at: datetime
) -> tuple[str, str, dict[str, Any]]:
    """These columns of up to COUNTED + 1 matches: the tables of a WITH, a query, and the values.

    Where there are more, those of the newest days are taken when words are common, else any.
    """
    values = filters.binds() | {"counted": search_plan.COUNTED + 1}
    where = f"expires_at > now(){filters.sql()}"
    bounded = f"SELECT {columns} FROM job_search WHERE {{}} LIMIT :counted"
    if level is None:
        return "", bounded.format(where), values
    values["t"] = level.tsquery
    where = f"doc @@ CAST(:t AS tsquery) AND {where}"
    today = int(at.timestamp() // 86400)
    span = window(level.in_doc, search_plan.COUNTED + 1, corpus, today)
    if span is None:
        return "", bounded.format(where), values
    values |= {"window": span[0], "first": span[1]}
    inside = bounded.format(f"{where} AND {JOB_TAGS} && :window")
    older = bounded.format(
        f"{where} AND pub_day + 0 < :first AND (SELECT count(*) FROM w) < :counted"
    )
    return f"w AS MATERIALIZED ({inside})", f"SELECT * FROM w UNION ALL ({older})", values


def count_matches(
    level: Level | None, filters: Filters, corpus: Corpus, at: datetime
) -> tuple[TextClause, dict[str, Any]]:
    """The number of matches, exact up to COUNTED and one more than it beyond."""
    tables, source, values = matches("1", level, filters, corpus, at)
    begin = f"WITH {tables} " if tables else ""
    return text(f"{begin}SELECT count(*) FROM ({source}) m"), values
