"""Enough rows that the planner has something to choose, made by the database itself."""

# One employer in ten people, one company for ten jobs; figures repeat, so that nothing is random.
ROWS = (
    """
INSERT INTO users (email, role, first_name, last_name, created_at)
SELECT 'person-' || n || '@example.com', CASE WHEN n % 10 = 0 THEN 'employer' ELSE 'candidate' END,
       'First' || n % 300, 'Last' || n % 700, now() - n * interval '1 minute'
FROM generate_series(1, 3000) n""",
    """
INSERT INTO companies (name, slug, industry, created_at)
SELECT 'Company ' || n, 'company-' || n, 'Industry ' || n % 40, now() - n * interval '1 hour'
FROM generate_series(1, 1500) n""",
    """
INSERT INTO memberships (company_id, user_id, role)
SELECT c.id, u.id, 'owner' FROM (SELECT id, row_number() OVER () AS n FROM companies) c
JOIN (SELECT id, row_number() OVER () AS n FROM users WHERE role = 'employer') u
  ON u.n = c.n % 300 + 1""",
    """
INSERT INTO jobs (company_id, category_id, title, description, city, country, is_featured,
                  status, published_at, first_published_at, expires_at, created_at, fingerprint,
                  salary_min, salary_max, salary_currency, salary_period)
SELECT c.id, (SELECT min(id) + n % 30 FROM categories), 'Nurse of ward ' || n % 400,
       'Care for patients in house ' || n % 90,
       (ARRAY['Berlin', 'Hamburg', 'Munich', 'Cologne'])[1 + n % 9], 'DE',
       n % 100 = 0, status, p, p,
       CASE WHEN n % 50 = 0 THEN p + interval '1 day' ELSE now() + interval '9 days' END, p,
       sha256(n::text::bytea), 30000 + n, 40000 + n, 'EUR', 'year'
FROM (SELECT n, now() - n * interval '20 minutes' - interval '2 days' AS p,
             (ARRAY['published', 'published', 'draft', 'closed'])[1 + n % 4] AS status
      FROM generate_series(1, 3000) n) g
JOIN (SELECT id, row_number() OVER () AS place FROM companies) c ON c.place = 1 + n % 150""",
    """
INSERT INTO applications (job_id, company_id, candidate_id, submitted_at, status_changed_at)
SELECT j.id, j.company_id, u.id, s, s
FROM (SELECT n, now() - n * interval '7 minutes' AS s FROM generate_series(1, 8000) n) g
JOIN (SELECT id, company_id, row_number() OVER (ORDER BY id) AS place FROM jobs) j
  ON j.place = 1 + n % 997
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM users) u
  ON u.place = 1 + n % 2999""",
    "UPDATE applications SET status = 'offered' WHERE id % 5 = 0",
    "UPDATE applications SET status = 'hired' WHERE id % 20 = 0",
    """
INSERT INTO audit (at, company_id, user_id, action, application_ids, candidate_ids)
SELECT a.submitted_at, a.company_id, u.id, 'read_application', ARRAY[a.id], ARRAY[a.candidate_id]
FROM applications a
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM users WHERE role = 'employer') u
  ON u.place = 1 + a.id % 300""",
    "INSERT INTO notes (application_id, body) SELECT id, 'Kind.' FROM applications",
    """
INSERT INTO interviews (application_id, starts_at, ends_at, mode)
SELECT id, now(), now() + interval '1 hour', 'video' FROM applications""",
    """
INSERT INTO bookmarks (user_id, job_id, created_at)
SELECT candidate_id, job_id, submitted_at FROM applications""",
    """
INSERT INTO sessions (user_id, token_hash, expires_at)
SELECT id, sha256(id::text::bytea), now() + (id % 900 - 9) * interval '1 hour' FROM users""",
    """
INSERT INTO one_time_tokens (user_id, purpose, token_hash, expires_at)
SELECT id, 'verify_email', sha256(id::text::bytea), now() FROM users""",
    """
INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes)
SELECT id, 'Key', 'tsk_', sha256(id::text::bytea), '{}' FROM users""",
    """
INSERT INTO invitations (company_id, email, role, expires_at)
SELECT c.id, 'person-' || c.id % 900 + n || '@example.com', 'viewer', now() + interval '1 day'
FROM companies c, generate_series(1, 3) n""",
    """
INSERT INTO rate_windows (scope, subject, hits, ends_at)
SELECT 'login', n, 1, now() + (n % 900 - 9) * interval '1 minute'
FROM generate_series(1, 5000) n""",
    """
INSERT INTO idempotency_keys
  (caller_key, method, path, key, body_hash, status, body, headers, expires_at)
SELECT n, 'POST', '/', n, '', 200, '', '{}', now() + (n % 900 - 9) * interval '1 minute'
FROM generate_series(1, 5000) n""",
    "INSERT INTO job_reports (job_id, reason) SELECT id, 'spam' FROM jobs",
    """
INSERT INTO categories (name, slug, parent_id)
SELECT 'Category ' || n, 'category-' || n, (SELECT min(id) + n % 30 FROM categories)
FROM generate_series(1, 2000) n""",
    """
INSERT INTO saved_searches (user_id, name, query, frequency)
SELECT u.id, 'Nights', jsonb_build_object('q', 'nurse ' || u.id + n), 'daily'
FROM users u, generate_series(1, 2) n""",
    """
INSERT INTO search_suggestions (kind, key, label, weight)
SELECT (ARRAY['title', 'company', 'place', 'skill'])[1 + n % 4],
       chr(97 + n % 26) || chr(97 + n % 25) || n, 'Label ' || n, n % 500
FROM generate_series(1, 20000) n""",
    "TRUNCATE job_arrivals",
    """
INSERT INTO job_arrivals (job_id, batch)
SELECT id, 1 + id % 900 FROM jobs""",
    """
INSERT INTO alerts (search_id, job_ids, total, expires_at)
SELECT id, '{}', 1, now() + (id % 900 - 9) * interval '1 hour' FROM saved_searches""",
    """
INSERT INTO alerted_jobs (search_id, job_id)
SELECT s.id, j.id FROM (SELECT id, row_number() OVER () AS n FROM saved_searches) s
JOIN (SELECT id, row_number() OVER () AS n FROM jobs) j ON j.n = 1 + s.n % 2999""",
)
