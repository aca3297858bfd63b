"""Counting in how many live jobs each word stands; `lexemes` is what searches are planned by."""

from sqlalchemy import text

# Above this, a twentieth of the texts is read: 2.9 s at a million jobs (docs/search.md).
SAMPLED_ABOVE = 50_000
SAMPLE = 20

# A count may take longer than a request, and so may waiting for the one before.
NO_LIMIT = text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '5min'")

LIVE = text("SELECT count(*) FROM job_search")

# The row of the empty word holds the number of jobs, and the days over which nine tenths of them
# were published. Rows that have not changed are left alone.
COUNT = text("""
WITH span AS (
  SELECT count(*) AS jobs,
         coalesce(ceil(extract(epoch FROM max(published_at)
           - percentile_disc(0.1) WITHIN GROUP (ORDER BY published_at)) / 86400), 1) AS days
  FROM job_search
), fresh AS MATERIALIZED (
  SELECT coalesce(d.word, h.word) AS word,
         greatest(coalesce(d.ndoc, 0) * :step, coalesce(h.ndoc, 0)) AS in_doc,
         coalesce(h.ndoc, 0) AS in_head
  FROM ts_stat('SELECT doc FROM job_search WHERE job_id % ' || :step || ' = 0') d
  FULL JOIN ts_stat('SELECT head FROM job_search') h ON h.word = d.word
  WHERE coalesce(d.word, h.word) <> ''
  UNION ALL
  SELECT '', jobs, greatest(days, 1)::int FROM span
), gone AS (
  DELETE FROM lexemes l WHERE NOT EXISTS (SELECT 1 FROM fresh f WHERE f.word = l.word)
)
INSERT INTO lexemes AS l (word, in_doc, in_head)
SELECT word, in_doc, in_head FROM fresh
ON CONFLICT (word) DO UPDATE SET in_doc = excluded.in_doc, in_head = excluded.in_head
WHERE (l.in_doc, l.in_head) IS DISTINCT FROM (excluded.in_doc, excluded.in_head)
""")
