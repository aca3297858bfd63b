"""The set-based statements of the made-up data: what triggers would have written row by row."""

from sqlalchemy import text

# Loading takes minutes, and the makers may keep it waiting.
PATIENCE = text("""
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '30s'; SET LOCAL synchronous_commit = off;
SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL work_mem = '256MB'
""")

# The mark of a run that has loaded its rows and not finished what follows from them. A comment is
# committed with the rows, survives whatever ends the run, and needs no table of its own.
MARK = text("COMMENT ON TABLE job_search IS 'scripts.seed: unfinished'")
UNMARK = text("COMMENT ON TABLE job_search IS NULL")
IS_MARKED = text(
    "SELECT coalesce(obj_description('job_search'::regclass) LIKE 'scripts.seed:%', false)"
)

# Their triggers on inserted rows write logs, counters, rollups, the read model and invalidations,
# one statement at a time.
TRIGGERED = ("companies", "jobs", "applications", "bookmarks", "notes")
# A foreign key locks the row it names: three million rows of a log wrote every job and every
# application anew, and were slower by half. An index takes rows one by one.
LOADED = (
    "users", "companies", "memberships", "benefits", "jobs", "job_log", "job_counters",
    "applications", "application_log", "application_counts", "company_days", "notes",
    "interviews", "bookmarks",
)  # fmt: skip
FOREIGN_KEYS = text("""
SELECT conrelid::regclass::text AS "table", quote_ident(conname) AS name,
       pg_get_constraintdef(oid) AS definition
FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY (CAST(CAST(:tables AS text[]) AS regclass[]))
ORDER BY conrelid, conname
""")
INDEXES = text("""
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index i
WHERE indrelid = ANY (CAST(CAST(:tables AS text[]) AS regclass[]))
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY indrelid, indexrelid
""")

# Sets a block of ids aside, at once and for good; its first one.
RESERVE = text("""
SELECT setval(s.name, nextval(s.name) + :count) - :count
FROM (SELECT pg_get_serial_sequence(:table, 'id') AS name) s
""")
SLUGS = text("SELECT slug FROM companies UNION SELECT import_key FROM companies")
CATEGORIES = text("SELECT slug, id FROM categories")
ACCOUNTS = text("SELECT EXISTS (SELECT FROM users WHERE email = :email)")

STAGE = text("""
CREATE TEMPORARY TABLE seed_views (job_id bigint, company_id bigint, day int, views int)
  ON COMMIT DROP;
CREATE TEMPORARY TABLE seed_moves (
  application_id bigint, company_id bigint, from_status text, to_status text, at timestamptz,
  by_id bigint, reason text) ON COMMIT DROP
""")

_COLUMNS = {
    "users": "id, email, password_hash, role, first_name, last_name, email_verified_at,"
    " created_at, updated_at",
    "companies": "id, name, slug, import_key, description, industry, website, logo_url, size,"
    " founded_year, city, region, country, is_verified, created_at, updated_at",
    "memberships": "company_id, user_id, role, joined_at",
    "benefits": "company_id, name, description, position, created_at",
    "jobs": "id, company_id, created_by_id, category_id, title, description, requirements,"
    " benefits, city, region, country, is_remote, employment_type, experience_level, salary_min,"
    " salary_max, salary_currency, salary_period, salary_is_visible, skills, application_type,"
    " application_url, application_email, external_id, fingerprint, is_featured, status,"
    " status_changed_by_id, status_changed_at, published_at, first_published_at, expires_at,"
    " created_at, updated_at, version",
    "seed_views": "job_id, company_id, day, views",
    "applications": "id, job_id, company_id, candidate_id, status, status_changed_by_id,"
    " status_reason, status_changed_at, cover_letter, resume_url, source, rating, submitted_at,"
    " furthest_stage, first_response_at, hired_at, updated_at, version",
    "seed_moves": "application_id, company_id, from_status, to_status, at, by_id, reason",
    "notes": "application_id, author_id, body, created_at",
    "interviews": "application_id, starts_at, ends_at, mode, status, created_by_id, created_at",
    "bookmarks": "user_id, job_id, created_at",
}
COPY = {table: f"COPY {table} ({columns}) FROM STDIN" for table, columns in _COLUMNS.items()}

LOOK = text(
    "ANALYZE users, companies, jobs, applications, bookmarks, seed_views, seed_moves"
)  # fmt: skip

# What follows from the rows from the first ids on, in the order it is written.
_JOB_LOG = """
INSERT INTO job_log (job_id, company_id, from_status, to_status, at, by_id)
SELECT id, company_id, from_status, to_status, at, by_id FROM (
  SELECT id, company_id, NULL AS from_status, 'draft' AS to_status, created_at AS at,
         created_by_id AS by_id, 0 AS step
  FROM jobs WHERE id >= :jobs
  UNION ALL
  SELECT id, company_id, 'draft', 'published', published_at, created_by_id, 1
  FROM jobs WHERE id >= :jobs AND published_at IS NOT NULL
  UNION ALL
  SELECT id, company_id, 'published', CASE status WHEN 'archived' THEN 'closed' ELSE status END,
         status_changed_at - CASE status WHEN 'archived' THEN interval '1 day' ELSE '0' END,
         status_changed_by_id, 2
  FROM jobs WHERE id >= :jobs AND status NOT IN ('draft', 'published')
  UNION ALL
  SELECT id, company_id, 'closed', 'archived', status_changed_at, status_changed_by_id, 3
  FROM jobs WHERE id >= :jobs AND status = 'archived') moves
ORDER BY at, id, step
"""
_APPLICATION_LOG = """
INSERT INTO application_log (application_id, company_id, from_status, to_status, at, by_id, reason)
SELECT application_id, company_id, from_status, to_status, at, by_id, reason
FROM seed_moves ORDER BY at, application_id
"""
_JOB_COUNTERS = """
INSERT INTO job_counters (job_id, company_id, views, applications, bookmarks)
SELECT j.id, j.company_id, coalesce(v.n, 0), coalesce(a.n, 0), coalesce(b.n, 0)
FROM jobs j
LEFT JOIN (SELECT job_id, sum(views) AS n FROM seed_views GROUP BY 1) v ON v.job_id = j.id
LEFT JOIN (SELECT job_id, count(*) AS n FROM applications WHERE id >= :applications GROUP BY 1) a
  ON a.job_id = j.id
LEFT JOIN (SELECT job_id, count(*) AS n FROM bookmarks WHERE job_id >= :jobs GROUP BY 1) b
  ON b.job_id = j.id
WHERE j.id >= :jobs ORDER BY j.id
"""
_APPLICATION_COUNTS = """
INSERT INTO application_counts (company_id, status, furthest_stage, has_response, applications)
SELECT company_id, status, furthest_stage, first_response_at IS NOT NULL, count(*)
FROM applications WHERE id >= :applications GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_COMPANY_DAYS = """
INSERT INTO company_days (company_id, day, views, applications)
SELECT company_id, day, sum(views), sum(applications) FROM (
  SELECT company_id, date '1970-01-01' + day AS day, views, 0 AS applications FROM seed_views
  UNION ALL
  SELECT company_id, (submitted_at AT TIME ZONE 'UTC')::date, 0, 1
  FROM applications WHERE id >= :applications) days
GROUP BY 1, 2 ORDER BY 1, 2
"""
_DATA_VERSIONS = """
INSERT INTO data_versions (kind, subject_id, version)
SELECT 'company', id, 1 FROM companies WHERE id >= :companies
UNION ALL
SELECT DISTINCT 'user', candidate_id, 1 FROM applications WHERE id >= :applications
ORDER BY 1, 2
"""
DERIVED = {
    "job log": text(_JOB_LOG),
    "application log": text(_APPLICATION_LOG),
    "job counters": text(_JOB_COUNTERS),
    "application counts": text(_APPLICATION_COUNTS),
    "company days": text(_COMPANY_DAYS),
    "data versions": text(_DATA_VERSIONS),
}
