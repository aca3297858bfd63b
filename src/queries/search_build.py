"""Building the search read model of many jobs at once: in batches, without its word indexes."""

from sqlalchemy import text

# The ends of batches of live jobs that are not in the read model yet, by id.
BATCHES = text("""
SELECT min(id) AS first, max(id) AS last FROM (
  SELECT j.id, (row_number() OVER (ORDER BY j.id) - 1) / :size AS batch
  FROM jobs j JOIN companies c ON c.id = j.company_id
  WHERE j.status = 'published' AND c.status = 'active'
    AND NOT EXISTS (SELECT FROM job_search s WHERE s.job_id = j.id)) missing
GROUP BY batch ORDER BY batch
""")

WRITE = text("""
SELECT job_search_write(array(
  SELECT id FROM jobs WHERE id BETWEEN :first AND :last AND status = 'published'))
""")
