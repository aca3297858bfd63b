"""The look-up of a query's words: their stems, in how many jobs they stand, and their likes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause, text

from src.understanding.spelling import deletions

# A word that stands in as many jobs is no slip.
SURE = 40
# Words of like spelling that are looked at, the commonest first.
LIKES = 60

# The likes of words in doubt, with their own stems.
_LIKES = r"""
likes AS MATERIALIZED (
  SELECT d.word AS meant_for, s.word, s.jobs
  FROM unnest(CAST(:doubtful AS text[]), CAST(:deletions AS text[])) AS d (word, deletions)
  CROSS JOIN LATERAL (
    SELECT s.word, s.jobs FROM search_words s
    WHERE s.deletions && string_to_array(d.deletions, ' ')
      AND abs(length(s.word) - length(d.word)) <= 2
    ORDER BY s.jobs DESC LIMIT :likes) s),"""
_STEMS_OF_LIKES = r"""
  UNION ALL
  SELECT l.word, l.meant_for, l.jobs, 0, t.lexeme, false
  FROM likes l, unnest(to_tsvector('talentsphere', search_text(l.word))) t"""
# One row for each lexeme of each word, each mark, and each word that a misspelt one may be.
# A lexeme newer than the last count is looked for itself.
_WORDS = r"""
WITH {likes} stems AS MATERIALIZED (
  SELECT a.word, NULL AS meant_for, 0 AS said_by, a.n, t.lexeme, true AS is_asked
  FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS a (word, n),
       unnest(to_tsvector('talentsphere', search_text(a.word))) t
  UNION ALL
  SELECT NULL, NULL, 0, 0, mark, true
  FROM unnest(CAST(:marks AS text[])) AS m (mark)
  UNION ALL
  SELECT NULL, NULL, 0, 0, mark, false FROM unnest(CAST(:names AS text[])) AS m (mark){stems}
)
SELECT s.word, s.meant_for, s.said_by, s.lexeme, coalesce(x.in_doc, fresh.n, 0) AS in_doc,
       coalesce(x.in_head, fresh.n, 0) AS in_head,
       (SELECT in_doc FROM lexemes WHERE word = '') AS jobs,
       (SELECT in_head FROM lexemes WHERE word = '') AS days,
       q.tsquery::text AS tsquery, ''::tsvector @@ q.tsquery AS is_met_by_nothing
FROM stems s
LEFT JOIN LATERAL (
  SELECT websearch_to_tsquery('talentsphere', search_text(:literal)) AS tsquery
) q ON s.n = 1
LEFT JOIN lexemes x ON x.word = s.lexeme
LEFT JOIN LATERAL (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM job_search WHERE x.word IS NULL AND s.is_asked AND doc @@ (
      '''' || replace(replace(s.lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery
    LIMIT 1000) f
) fresh ON x.word IS NULL AND s.is_asked
"""
_PLAIN = text(_WORDS.format(likes="", stems=""))
_WITH_LIKES = text(_WORDS.format(likes=_LIKES, stems=_STEMS_OF_LIKES))


def lookup(
    literal: str,
    words: Sequence[str],
    marks: Sequence[str] = (),
    names: Sequence[str] = (),
    doubtful: Sequence[str] = (),
) -> tuple[TextClause, dict[str, Any]]:
    """The statement and its values.

    `literal` is what search_operators.spelled gives, or empty: the rows of the first word have its
    `tsquery`, and whether it `is_met_by_nothing`, by a text without words. `marks` are looked for
    even when nothing was ever counted, `names` are not; `doubtful` words, folded, come with words
    of like spelling.
    """
    values: dict[str, Any] = {
        "literal": literal, "words": list(words) or [""], "marks": list(marks),
        "names": list(names),
    }  # fmt: skip
    if not doubtful:
        return _PLAIN, values
    values |= {
        "doubtful": list(doubtful),
        "deletions": [" ".join(deletions(word)) for word in doubtful],
        "likes": LIKES,
    }
    return _WITH_LIKES, values
