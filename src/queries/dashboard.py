"""The employer's dashboard in one statement, and the one that hands in counted views."""

from sqlalchemy import Date, Integer, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger

COUNT_VIEWS = text("SELECT count_views(:job_ids, :seen, :day)").bindparams(
    bindparam("job_ids", type_=ARRAY(BigInteger)),
    bindparam("seen", type_=ARRAY(Integer)),
    bindparam("day", type_=Date),
)

# Every figure comes from a rollup or from an index read to a fixed depth, but for the jobs by
# status (an index-only scan of the company's jobs) and the last day of `new_7d`. MATERIALIZED
# keeps the planner from computing a part once for each use of it.
DASHBOARD = text("""
WITH moment AS MATERIALIZED (
  SELECT cast(:now AS timestamptz) AS now,
         (cast(:now AS timestamptz) AT TIME ZONE 'UTC')::date AS today),
counts AS MATERIALIZED (
  SELECT status, furthest_stage, has_response, sum(applications)::int AS n
  FROM application_counts WHERE company_id = :company_id AND applications <> 0
  GROUP BY 1, 2, 3),
days AS MATERIALIZED (
  SELECT day, views, applications FROM company_days WHERE company_id = :company_id),
posted AS MATERIALIZED (
  SELECT CASE WHEN j.status = 'published' AND j.expires_at <= m.now THEN 'expired'
              ELSE j.status END AS status,
         count(*)::int AS n,
         (count(*) FILTER (WHERE j.status = 'published' AND j.expires_at > m.now
                             AND j.expires_at <= m.now + interval '7 days'))::int AS expiring,
         -- At its end there is one live job less, a week before one more that is about to end.
         least(
           min(j.expires_at) FILTER (WHERE j.status = 'published' AND j.expires_at > m.now),
           min(j.expires_at) FILTER (WHERE j.status = 'published'
                                       AND j.expires_at > m.now + interval '7 days')
             - interval '7 days') AS next_end
  FROM jobs j, moment m
  WHERE j.company_id = :company_id AND j.status <> 'archived' AND j.deleted_at IS NULL
  GROUP BY 1),
responses AS MATERIALIZED (
  SELECT extract(epoch FROM first_response_at - submitted_at) / 3600 AS hours
  FROM applications WHERE company_id = :company_id AND first_response_at IS NOT NULL
  ORDER BY first_response_at DESC LIMIT 1000),
hires AS MATERIALIZED (
  SELECT extract(epoch FROM hired_at - submitted_at) / 86400 AS days
  FROM applications WHERE company_id = :company_id AND hired_at IS NOT NULL
  ORDER BY hired_at DESC LIMIT 1000),
best AS MATERIALIZED (
  SELECT j.id, j.title, c.views, c.applications
  FROM job_counters c JOIN jobs j ON j.id = c.job_id
  -- Said of both tables: else all jobs of all companies may be read to find these.
  WHERE c.company_id = :company_id AND j.company_id = :company_id
    AND j.status <> 'archived' AND j.deleted_at IS NULL
  ORDER BY c.applications DESC, c.views DESC, c.job_id DESC LIMIT 5),
newest AS MATERIALIZED (
  SELECT id, job_id, candidate_id, status, submitted_at, redacted_at IS NULL AS is_named
  FROM applications WHERE company_id = :company_id
  ORDER BY submitted_at DESC, id DESC LIMIT 10)
SELECT
  k.id, k.name, k.status = 'active' AS is_active,
  (SELECT jsonb_object_agg(status, n) FROM posted) AS jobs,
  (SELECT coalesce(sum(expiring), 0)::int FROM posted) AS expiring_7d,
  (SELECT min(next_end) FROM posted) AS next_end,
  (SELECT jsonb_agg(jsonb_build_array(status, furthest_stage, has_response, n)) FROM counts)
    AS counts,
  (SELECT count(*)::int FROM applications a
   WHERE a.company_id = k.id AND a.submitted_at >= m.now - interval '7 days'
     AND a.submitted_at < least(m.now, (m.today - 6)::timestamp AT TIME ZONE 'UTC'))
    + (SELECT coalesce(sum(applications), 0)::int FROM days
       WHERE day BETWEEN m.today - 6 AND m.today)
    AS new_7d,
  (SELECT coalesce(sum(views), 0)::bigint FROM days) AS views_total,
  (SELECT coalesce(sum(views), 0)::bigint FROM days WHERE day > m.today - 30) AS views_30d,
  (SELECT jsonb_agg(jsonb_build_array(x.day, coalesce(d.views, 0), coalesce(d.applications, 0))
                    ORDER BY x.day)
   FROM (SELECT m.today - back AS day FROM generate_series(0, 29) AS back) x
   LEFT JOIN days d ON d.day = x.day) AS trend,
  (SELECT jsonb_build_array(percentile_cont(0.5) WITHIN GROUP (ORDER BY hours), count(*))
   FROM responses) AS responses,
  (SELECT jsonb_build_array(percentile_cont(0.5) WITHIN GROUP (ORDER BY days),
                            percentile_cont(0.9) WITHIN GROUP (ORDER BY days), count(*))
   FROM hires) AS hires,
  (SELECT jsonb_agg(jsonb_build_object('id', id, 'title', title, 'views', views,
                                       'applications', applications)
                    ORDER BY applications DESC, views DESC, id DESC)
   FROM best) AS top_jobs,
  (SELECT jsonb_agg(jsonb_build_object(
            'id', n.id, 'status', n.status, 'submitted_at', n.submitted_at,
            'job', jsonb_build_object('id', j.id, 'title', j.title),
            'candidate', jsonb_build_object(
              'id', u.id,
              'first_name', CASE WHEN n.is_named THEN u.first_name ELSE 'Erased' END,
              'last_name', CASE WHEN n.is_named THEN u.last_name ELSE 'user' END))
          ORDER BY n.submitted_at DESC, n.id DESC)
   FROM newest n JOIN jobs j ON j.id = n.job_id JOIN users u ON u.id = n.candidate_id)
    AS recent_applications
FROM companies k, moment m WHERE k.id = :company_id
""")
