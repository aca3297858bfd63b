"""What is compared: the search of this checkout, the first ranking, and three of the textbook."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text

from scripts.relevance import baselines, corpus, release
from src.database import db
from src.queries.paging import PageRequest
from src.services import job_search

OURS = "search"
Ranker = Callable[[str], list[str]]
_KEYS = text("SELECT id, external_id FROM jobs WHERE id = ANY (:ids)")


def ours(now: datetime) -> Ranker:
    """The first ten of GET /jobs?q=."""

    def ranked(query: str) -> list[str]:
        page = job_search.search({"q": query, "title_only": False}, PageRequest(1, 10, now))
        ids = [row.id for row in page.rows]
        keys = {row.id: row.external_id for row in db.session.execute(_KEYS, {"ids": ids})}
        return [keys[job_id] for job_id in ids]

    return ranked


def others(jobs: corpus.Corpus) -> dict[str, Ranker]:
    """The rankers that search is compared with, over the same postings."""

    def keyed(places: list[int]) -> list[str]:
        return [jobs.keys[place] for place in places]

    return {
        "the first ranking": lambda q: keyed(release.ranked(jobs, corpus.stems(q))),
        "BM25 all first": lambda q: keyed(baselines.bm25(jobs, corpus.stems(q), all_first=True)),
        "BM25": lambda q: keyed(baselines.bm25(jobs, corpus.stems(q))),
        "strict AND": baselines.strict,
    }
