"""What is suggested while a search is typed: collected by the hour, looked up by its beginning."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause, text

from src.queries.job_search import NO_SEQSCAN

# Of each kind the commonest are kept: what bounds a look-up, whatever is posted.
MOST = 50_000
# Words of one that it can be found by.
WORDS = 6
# Different ones are wanted, and one may be found by several of its words.
_READ = 60

# A label is found by each of its words, by its first most readily. Of several spellings the
# commonest is shown.
COLLECT = text(r"""
WITH live AS MATERIALIZED (
  SELECT j.title, c.name, j.city, j.region, j.skills
  FROM job_search s JOIN jobs j ON j.id = s.job_id JOIN companies c ON c.id = j.company_id
  WHERE s.job_id % :step = 0),
said AS (
  SELECT 'title' AS kind, title AS label, count(*) AS n FROM live GROUP BY title
  UNION ALL SELECT 'company', name, count(*) FROM live GROUP BY name
  UNION ALL SELECT 'place', city, count(*) FROM live GROUP BY city
  UNION ALL SELECT 'place', region, count(*) FROM live GROUP BY region
  UNION ALL SELECT 'skill', skill, count(*) FROM live, unnest(skills) skill GROUP BY skill),
spelled AS (
  SELECT kind, search_fold(label) AS folded, sum(n)::int * :step AS jobs,
         (array_agg(label ORDER BY n DESC, label))[1] AS label
  FROM said WHERE length(label) BETWEEN 2 AND 100 GROUP BY 1, 2),
best AS (
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY jobs DESC, folded) AS place
    FROM spelled) s
  WHERE place <= :most),
fresh AS MATERIALIZED (
  SELECT kind, key, label, max(weight) AS weight FROM (
    SELECT kind, label, array_to_string(words[n:], ' ') AS key,
           CASE WHEN n = 1 THEN jobs ELSE ceil(jobs / 4.0)::int END AS weight
    FROM best, regexp_split_to_array(btrim(folded), '[\s(/,]+') words,
         generate_series(1, least(cardinality(words), :words)) n) k
  WHERE length(key) > 1 GROUP BY kind, key, label),
gone AS (
  DELETE FROM search_suggestions s
  WHERE NOT EXISTS (
    SELECT FROM fresh f WHERE (f.kind, f.key, f.label) = (s.kind, s.key, s.label)))
INSERT INTO search_suggestions AS s (kind, key, label, weight)
SELECT kind, key, label, weight FROM fresh
ON CONFLICT (kind, key, label) DO UPDATE SET weight = excluded.weight
WHERE s.weight <> excluded.weight
""")

_BEGINNING = f"""
SELECT k.kind, f.label
FROM unnest(CAST(:kinds AS text[])) AS k (kind)
CROSS JOIN LATERAL (
  SELECT label, max(weight) AS weight FROM (
    SELECT label, weight FROM search_suggestions s
    WHERE s.kind = k.kind AND {{condition}}
    ORDER BY weight DESC LIMIT {_READ}) s
  GROUP BY label ORDER BY weight DESC, label LIMIT :size) f
ORDER BY k.kind, f.weight DESC, f.label
"""
# Two letters begin thousands: an index gives these in the order of their weight. More begin few,
# which are sorted. Given both conditions the planner sorted the thousands.
_FEW_LETTERS = 2
_SHORT = text(_BEGINNING.format(condition="left(key, 2) = :key"))
_LONG = text(_BEGINNING.format(condition="starts_with(key, :key)"))


def beginning(kinds: Sequence[str], key: str, size: int) -> tuple[TextClause, dict[str, Any]]:
    """The statement for so many labels of each kind that begin with the key, two letters at least,
    and its values; a row has the `kind` and `label`.
    """
    values = {"kinds": list(kinds), "key": key, "size": size}
    return _LONG if len(key) > _FEW_LETTERS else _SHORT, values


# Words that share a beginning with a misspelt one but for two letters. Each of thirty beginnings is
# priced as if it were common: all words were compared with all of them, for a tenth of a second.
LIKES = text(f"""
{NO_SEQSCAN}SELECT word, jobs FROM search_words
WHERE deletions && CAST(:deletions AS text[]) ORDER BY jobs DESC, word LIMIT 200
""")
