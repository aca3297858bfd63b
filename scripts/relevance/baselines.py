"""Rankers of the textbook: BM25, the same with all words first, and strict AND."""

import math
from collections import defaultdict

from sqlalchemy import text

from scripts.relevance.corpus import Corpus
from src.database import db

# Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009: the usual values.
K1, B = 1.2, 0.75

_STRICT = text("""
SELECT j.external_id
FROM job_search s JOIN jobs j ON j.id = s.job_id,
     websearch_to_tsquery('talentsphere', search_text(:q)) q
WHERE s.doc @@ q AND s.expires_at > now()
ORDER BY ts_rank(s.doc, q) DESC, s.published_at DESC, j.id DESC LIMIT 10
""")


def bm25(corpus: Corpus, stems: list[str], *, all_first: bool = False) -> list[int]:
    """The places of the ten best jobs; with `all_first` those with every word stand before."""
    scores: dict[int, float] = defaultdict(float)
    found: dict[int, int] = defaultdict(int)
    mean = corpus.mean_length
    known = [stem for stem in dict.fromkeys(stems) if stem in corpus.postings]
    for stem in known:
        posting = corpus.postings[stem]
        rest = len(corpus.keys) - len(posting.jobs)
        rarity = math.log(1 + (rest + 0.5) / (len(posting.jobs) + 0.5))
        for job, count in zip(posting.jobs, posting.counts, strict=True):
            norm = K1 * (1 - B + B * corpus.lengths[job] / mean)
            scores[job] += rarity * count * (K1 + 1) / (count + norm)
            found[job] += 1
    whole = len(known)
    return sorted(scores, key=lambda j: (all_first and found[j] < whole, -scores[j], j))[:10]


def strict(query: str) -> list[str]:
    """The keys of the ten best that hold every word, by PostgreSQL's own `ts_rank`."""
    return [row.external_id for row in db.session.execute(_STRICT, {"q": query})]
