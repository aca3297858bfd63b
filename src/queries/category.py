"""Categories with the number of live jobs filed right under each."""

from sqlalchemy import text

from src.queries.job_search import NEXT_END

TREE = text(f"""
SELECT c.id, c.name, c.slug, c.parent_id, c.position, coalesce(l.n, 0) AS live_jobs,
       {NEXT_END} AS next_end
FROM categories c
LEFT JOIN (SELECT category_id, count(*) AS n FROM job_search
           WHERE expires_at > now() AND category_id IS NOT NULL GROUP BY 1) l
  ON l.category_id = c.id
ORDER BY c.position, c.id
""")

# The category itself and everything above it.
ANCESTORS = text("""
WITH RECURSIVE up AS (
  SELECT id, parent_id FROM categories WHERE id = :category_id
  UNION SELECT c.id, c.parent_id FROM categories c JOIN up ON c.id = up.parent_id)
SELECT id FROM up
""")
