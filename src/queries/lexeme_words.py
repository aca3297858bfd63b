"""The words of titles, companies, places and skills that misspelt ones are held to."""

from sqlalchemy import text

# Above as many jobs every so-manieth is read: rare words are no help in spelling.
SAMPLED_ABOVE = 200_000
SAMPLE = 5

COLLECT = text(r"""
SELECT word, count(*) * :step AS jobs
FROM job_search s JOIN jobs j ON j.id = s.job_id JOIN companies c ON c.id = j.company_id,
LATERAL (
  SELECT DISTINCT w AS word FROM regexp_split_to_table(search_fold(concat_ws(
    ' ', j.title, c.name, j.city, j.region, array_to_string(j.skills, ' '))), '[^a-z]+') w
  WHERE length(w) BETWEEN 4 AND 24) d
WHERE s.job_id % :step = 0
GROUP BY word HAVING count(*) > 1
""")

KNOWN = text("SELECT word, jobs FROM search_words")
REMOVE = text("DELETE FROM search_words WHERE word = ANY (:words)")
ADD = text("""
INSERT INTO search_words AS s (word, jobs, deletions)
SELECT w.word, w.jobs, string_to_array(w.deletions, ' ')
FROM unnest(CAST(:words AS text[]), CAST(:jobs AS int[]), CAST(:deletions AS text[]))
  AS w (word, jobs, deletions)
ON CONFLICT (word) DO UPDATE SET jobs = excluded.jobs
""")
