"""What became of a company's postings, day by day and job by job; one statement."""

from sqlalchemy import text

# From the rollups alone: of the days of the span and of the one before it, of each job of all time.
ANALYTICS = text("""
WITH days AS MATERIALIZED (
  SELECT day, views, applications FROM company_days
  WHERE company_id = :company_id
    AND day > cast(:today AS date) - 2 * :days AND day <= cast(:today AS date)),
posted AS MATERIALIZED (
  SELECT j.id, j.title, j.category_id, j.expires_at, c.views, c.applications,
         CASE WHEN j.status = 'published' AND j.expires_at <= :now THEN 'expired'
              ELSE j.status END AS status
  FROM job_counters c JOIN jobs j ON j.id = c.job_id
  -- Said of both tables: else all jobs of all companies may be read to find these.
  WHERE c.company_id = :company_id AND j.company_id = :company_id
    AND j.status <> 'archived' AND j.deleted_at IS NULL),
best AS MATERIALIZED (
  SELECT * FROM posted ORDER BY applications DESC, views DESC, id DESC LIMIT :most),
trades AS MATERIALIZED (
  SELECT category_id, count(*) AS jobs, sum(views)::bigint AS views,
         sum(applications)::bigint AS applications
  FROM posted GROUP BY category_id)
SELECT
  k.id, k.name,
  (SELECT jsonb_agg(jsonb_build_array(x.day, coalesce(d.views, 0), coalesce(d.applications, 0))
                    ORDER BY x.day)
   FROM (SELECT cast(:today AS date) - back AS day FROM generate_series(0, :days - 1) AS back) x
   LEFT JOIN days d ON d.day = x.day) AS series,
  (SELECT jsonb_build_array(coalesce(sum(views), 0), coalesce(sum(applications), 0))
   FROM days WHERE day <= cast(:today AS date) - :days) AS previous,
  (SELECT jsonb_agg(to_jsonb(b) - 'category_id' - 'expires_at'
                    ORDER BY b.applications DESC, b.views DESC, b.id DESC) FROM best b) AS jobs,
  (SELECT min(expires_at) FROM best WHERE status = 'published') AS next_end,
  (SELECT jsonb_agg(jsonb_build_object(
            'id', t.category_id, 'name', g.name, 'slug', g.slug, 'jobs', t.jobs,
            'views', t.views, 'applications', t.applications)
          ORDER BY t.applications DESC, t.views DESC, t.category_id)
   FROM trades t LEFT JOIN categories g ON g.id = t.category_id) AS categories
FROM companies k WHERE k.id = :company_id
""")
