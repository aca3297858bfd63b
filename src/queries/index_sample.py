"""Values out of the data that the application's own statements are explained with."""

from sqlalchemy import text

# The busiest of each: where a list is longest an index matters most, and is least likely chosen.
# Whatever is not there yet is 1 or an empty text.
SAMPLE = text("""
WITH company AS (
  SELECT company_id FROM application_counts
  GROUP BY company_id ORDER BY sum(applications) DESC, company_id LIMIT 1),
job AS (
  SELECT job_id FROM job_counters WHERE company_id = (SELECT company_id FROM company)
  ORDER BY applications DESC, job_id LIMIT 1),
application AS (
  SELECT id, candidate_id FROM applications WHERE job_id = (SELECT job_id FROM job)
  ORDER BY id DESC LIMIT 1)
SELECT
  coalesce((SELECT company_id FROM company), 1) AS company_id,
  coalesce((SELECT job_id FROM job), 1) AS job_id,
  coalesce((SELECT id FROM application), 1) AS application_id,
  coalesce((SELECT candidate_id FROM application), 1) AS candidate_id,
  coalesce((SELECT user_id FROM sessions ORDER BY id DESC LIMIT 1), 1) AS user_id,
  coalesce((SELECT category_id FROM job_search WHERE category_id IS NOT NULL
            ORDER BY published_at DESC, job_id DESC LIMIT 1), 1) AS category_id,
  coalesce((SELECT industry FROM companies WHERE industry IS NOT NULL ORDER BY id DESC LIMIT 1),
           '') AS industry,
  coalesce((SELECT email FROM invitations ORDER BY id DESC LIMIT 1), '') AS email,
  coalesce((SELECT first_name FROM users ORDER BY id DESC LIMIT 1), '') AS first_name,
  coalesce((SELECT name FROM companies ORDER BY id DESC LIMIT 1), '') AS company_name
""")

# A word of some weight, met neither everywhere nor once, with the figures that searches are
# planned by.
WORD = text("""
SELECT w.word, w.in_doc, w.in_head, n.in_doc AS jobs, n.in_head AS days
FROM lexemes w JOIN lexemes n ON n.word = ''
WHERE w.word <> '' AND w.in_head > 0 AND w.in_doc <= n.in_doc / 20 + 1
ORDER BY w.in_doc DESC, w.word LIMIT 1
""")

# As an import stages them, for the statement that tells what is new.
STAGED = text("""
INSERT INTO import_rows (place, company_key, external_id, fingerprint)
SELECT row_number() OVER (), coalesce(c.import_key, c.slug), j.external_id, j.fingerprint
FROM (SELECT * FROM jobs WHERE fingerprint IS NOT NULL ORDER BY id DESC LIMIT 1000) j
JOIN companies c ON c.id = j.company_id
""")
