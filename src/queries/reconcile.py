"""What the rollups, derived columns and read model should hold, against what they do hold.

Each check is one statement, so that it sees one moment even while people write. Its rows are
`what` (the key), `found` and `expected`, as text; no rows when all is right.
"""

from sqlalchemy import text

# The log is append-only, so it is what everything else is held to.
_TRUTH = """
WITH truth AS MATERIALIZED (
  SELECT a.id, a.job_id, a.company_id, (a.submitted_at AT TIME ZONE 'UTC')::date AS day,
         l.status, l.furthest_stage, l.first_response_at, l.hired_at
  FROM applications a
  CROSS JOIN LATERAL (
    SELECT (array_agg(to_status ORDER BY id DESC))[1] AS status,
           coalesce(max(array_position(
             '{submitted,under_review,shortlisted,interviewed,offered,hired}', to_status)) - 1, 0)
             ::int2 AS furthest_stage,
           (array_agg(at ORDER BY id) FILTER (WHERE to_status <> 'withdrawn' AND (
             from_status IS NOT NULL OR to_status <> 'submitted')))[1] AS first_response_at,
           (array_agg(at ORDER BY id DESC) FILTER (WHERE to_status = 'hired'))[1] AS hired_at
    FROM application_log WHERE application_id = a.id) l)
"""

_COUNTS = """counted AS (
  SELECT company_id, status, furthest_stage, first_response_at IS NOT NULL AS has_response,
         count(*)::int AS n
  FROM truth GROUP BY 1, 2, 3, 4)"""
_DAYS = "counted AS (SELECT company_id, day, count(*)::int AS n FROM truth GROUP BY 1, 2)"

# The same words and marks as job_search_write: migration 0018.
_HEADS = """
WITH expected AS MATERIALIZED (
  SELECT j.id,
         search_vector(j.title, 'A')
         || search_vector(concat_ws(' , ', c.name, array_to_string(j.skills, ' , ')), 'B')
         || search_vector(concat_ws(' , ', j.city, j.region, n.name, j.country,
                                    CASE WHEN j.is_remote THEN 'remote' END), 'C')
         || array_to_tsvector(job_marks(j.title, c.name, j.city, j.region, j.country,
                                        j.is_remote, j.employment_type, j.experience_level)
           ) AS head
  FROM jobs j JOIN companies c ON c.id = j.company_id
  LEFT JOIN countries n ON n.code = j.country
  WHERE j.status = 'published' AND c.status = 'active')
"""
# Jobs written before the present tables are not wrong: scripts.rebuild_search writes them anew.
_WRONG = """s.head IS DISTINCT FROM e.head
  AND (s.job_id IS NULL OR e.id IS NULL OR s.form = (SELECT form FROM search_form))"""

CHECKS = {
    "applications": text(f"""{_TRUTH}
SELECT format('application %s %s', t.id, x.field) AS what, x.found, x.expected
FROM truth t JOIN applications a ON a.id = t.id
CROSS JOIN LATERAL (VALUES
  ('status', a.status, t.status),
  ('furthest_stage', a.furthest_stage::text, t.furthest_stage::text),
  ('first_response_at', a.first_response_at::text, t.first_response_at::text),
  ('hired_at', a.hired_at::text, t.hired_at::text)) AS x (field, found, expected)
WHERE x.found IS DISTINCT FROM x.expected ORDER BY t.id, x.field"""),
    "application_counts": text(f"""{_TRUTH}, {_COUNTS}
SELECT format('company %s %s stage %s response %s', company_id, status, furthest_stage,
              has_response) AS what,
       coalesce(c.applications, 0)::text AS found, coalesce(e.n, 0)::text AS expected
FROM application_counts c
FULL JOIN counted e USING (company_id, status, furthest_stage, has_response)
WHERE coalesce(c.applications, 0) <> coalesce(e.n, 0) ORDER BY 1"""),
    "company_days": text(f"""{_TRUTH}, {_DAYS}
SELECT format('company %s %s', company_id, day) AS what,
       coalesce(d.applications, 0)::text AS found, coalesce(e.n, 0)::text AS expected
FROM company_days d FULL JOIN counted e USING (company_id, day)
WHERE coalesce(d.applications, 0) <> coalesce(e.n, 0) ORDER BY 1"""),
    "job_counters": text("""
SELECT format('job %s %s', j.id, x.field) AS what, x.found, x.expected::text
FROM jobs j LEFT JOIN job_counters c ON c.job_id = j.id
LEFT JOIN (SELECT job_id, count(*) AS n FROM applications GROUP BY 1) a ON a.job_id = j.id
LEFT JOIN (SELECT job_id, count(*) AS n FROM bookmarks GROUP BY 1) b ON b.job_id = j.id
CROSS JOIN LATERAL (VALUES
  ('applications', c.applications::text, coalesce(a.n, 0)::text),
  ('bookmarks', c.bookmarks::text, coalesce(b.n, 0)::text)) AS x (field, found, expected)
WHERE x.found IS DISTINCT FROM x.expected ORDER BY j.id, x.field"""),
    "job_search": text(f"""{_HEADS}
SELECT format('job %s', coalesce(s.job_id, e.id)) AS what,
       CASE WHEN s.job_id IS NULL THEN 'missing' WHEN e.id IS NULL THEN 'listed'
            ELSE s.head::text END AS found,
       CASE WHEN e.id IS NULL THEN 'not listed' ELSE e.head::text END AS expected
FROM job_search s FULL JOIN expected e ON e.id = s.job_id
WHERE {_WRONG} ORDER BY coalesce(s.job_id, e.id)"""),
}

# Writers wait while a repair runs: what it counts must not move under it.
LOCK = text("LOCK TABLE companies, jobs, applications, bookmarks IN SHARE ROW EXCLUSIVE MODE")
PATIENCE = text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'")

# The triggers would put the derived columns back, raise the version, and count the repair itself.
REPAIRS = (
    text("ALTER TABLE applications DISABLE TRIGGER USER"),
    text(f"""{_TRUTH}
UPDATE applications a
SET status = t.status, furthest_stage = t.furthest_stage,
    first_response_at = t.first_response_at, hired_at = t.hired_at
FROM truth t WHERE a.id = t.id AND t.status IS NOT NULL
  AND (a.status, a.furthest_stage, a.first_response_at, a.hired_at)
      IS DISTINCT FROM (t.status, t.furthest_stage, t.first_response_at, t.hired_at)"""),
    text("ALTER TABLE applications ENABLE TRIGGER USER"),
    text("DELETE FROM application_counts"),
    text(f"""{_TRUTH}, {_COUNTS}
INSERT INTO application_counts (company_id, status, furthest_stage, has_response, applications)
SELECT company_id, status, furthest_stage, has_response, n FROM counted"""),
    text(f"""{_TRUTH}, {_DAYS}, changed AS (
  SELECT company_id, day, coalesce(e.n, 0) AS n
  FROM company_days d FULL JOIN counted e USING (company_id, day)
  WHERE coalesce(d.applications, 0) <> coalesce(e.n, 0))
INSERT INTO company_days AS d (company_id, day, applications)
SELECT company_id, day, n FROM changed ORDER BY 1, 2
ON CONFLICT (company_id, day) DO UPDATE SET applications = excluded.applications"""),
    text("""
INSERT INTO job_counters AS c (job_id, company_id, applications, bookmarks)
SELECT j.id, j.company_id,
       (SELECT count(*) FROM applications a WHERE a.job_id = j.id),
       (SELECT count(*) FROM bookmarks b WHERE b.job_id = j.id)
FROM jobs j ORDER BY j.id
ON CONFLICT (job_id) DO UPDATE
  SET applications = excluded.applications, bookmarks = excluded.bookmarks
  WHERE (c.applications, c.bookmarks) <> (excluded.applications, excluded.bookmarks)"""),
    text(f"""{_HEADS}
DELETE FROM job_search s WHERE NOT EXISTS (SELECT FROM expected e WHERE e.id = s.job_id)"""),
    text(f"""{_HEADS}
SELECT job_search_write(array(
  SELECT e.id FROM expected e LEFT JOIN job_search s ON s.job_id = e.id
  WHERE {_WRONG}))"""),
)
