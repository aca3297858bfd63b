"""The live jobs in memory as bags of stems, for the rankers that search is compared with."""

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from src.database import db

# What the first ranking made of a text before it was split into words: kept here, so that the
# comparisons stay the same when search itself learns more.
_PREPARE = text(r"""
CREATE OR REPLACE FUNCTION pg_temp.plain_stems(body text) RETURNS tsvector LANGUAGE sql AS $$
  SELECT to_tsvector('talentsphere', regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(lower(left(coalesce(body, ''), 200000)),
    '\mc\+\+', ' cplusplus ', 'g'), '\m([cf])#', ' \1sharp ', 'g'),
    '(^|[^a-z0-9]|\masp)\.net\M', '\1 dotnet ', 'g'), '\m([a-z0-9]+)\.js\M', ' \1 \1js ', 'g'),
    '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g'))
$$
""")
_JOBS = text("""
WITH live AS MATERIALIZED (
  SELECT j.id, j.external_id, j.published_at, pg_temp.plain_stems(j.title) AS title,
         pg_temp.plain_stems(concat_ws(' , ', c.name, array_to_string(j.skills, ' , '), j.city,
           j.region, n.name, j.country, CASE WHEN j.is_remote THEN 'remote' END)) AS rest,
         pg_temp.plain_stems(concat_ws(E'\\n', j.description, j.requirements,
           j.responsibilities, j.benefits)) AS body
  FROM jobs j JOIN companies c ON c.id = j.company_id LEFT JOIN countries n ON n.code = j.country
  WHERE j.status = 'published' AND j.expires_at > now() AND j.external_id IS NOT NULL)
SELECT id, external_id, published_at, tsvector_to_array(title) AS title,
       tsvector_to_array(rest) AS rest, (
         SELECT jsonb_object_agg(lexeme, cardinality(positions))
         FROM unnest(title || rest || body)) AS counts
FROM live ORDER BY id
""")
# Reading every text, and ranking between the statements, takes longer than a request may.
_PATIENCE = text(
    "SELECT set_config('statement_timeout', '0', true),"
    " set_config('idle_in_transaction_session_timeout', '0', true)"
)
_STEMS = text("""
SELECT lexeme FROM unnest(pg_temp.plain_stems(:q)) AS t (lexeme, positions, weights)
ORDER BY positions[1]
""")


@dataclass(slots=True)
class Posting:
    """Where a stem stands: the places of its jobs, how often, and in title (2) or head (1)."""

    jobs: "array[int]" = field(default_factory=lambda: array("I"))
    counts: "array[int]" = field(default_factory=lambda: array("H"))
    standing: "array[int]" = field(default_factory=lambda: array("B"))


@dataclass(slots=True)
class Corpus:
    """All live jobs that were imported, oldest id first, with an inverted list for each stem."""

    keys: list[str] = field(default_factory=list)
    ages_days: list[float] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    postings: dict[str, Posting] = field(default_factory=lambda: defaultdict(Posting))

    @property
    def mean_length(self) -> float:
        return sum(self.lengths) / max(1, len(self.lengths))


def load(now: Any) -> Corpus:
    """Read every live imported job; about half a minute for 58,000 of them."""
    corpus = Corpus()
    db.session.execute(_PATIENCE)
    db.session.execute(_PREPARE)
    for row in db.session.execute(_JOBS, execution_options={"yield_per": 2_000}):
        place = len(corpus.keys)
        corpus.keys.append(row.external_id)
        corpus.ages_days.append((now - row.published_at).total_seconds() / 86400)
        title, rest, counts = set(row.title), set(row.rest), row.counts or {}
        corpus.lengths.append(sum(counts.values()))
        for stem, count in counts.items():
            posting = corpus.postings[stem]
            posting.jobs.append(place)
            posting.counts.append(count)
            posting.standing.append(2 if stem in title else 1 if stem in rest else 0)
    return corpus


def stems(query: str) -> list[str]:
    """The stems of a query in their order, as the comparisons understand it."""
    return [row.lexeme for row in db.session.execute(_STEMS, {"q": query})]
