"""Rows by the million for a drill, made by the database itself, in batches."""

from collections.abc import Callable

from psycopg2.extensions import connection as Connection  # noqa: N812 - a class by this name

BATCH = 10_000
# One company for 100 jobs, one application for two; figures repeat, so that nothing is random.
_PEOPLE = """
INSERT INTO users (email, role, first_name, last_name)
SELECT 'volume-' || n || '@drill.example', 'candidate', 'First' || n %% 300, 'Last' || n %% 700
FROM generate_series(1, %(people)s) n ON CONFLICT DO NOTHING
"""
_COMPANIES = """
INSERT INTO companies (name, slug)
SELECT 'Volume ' || n, 'volume-' || n FROM generate_series(1, %(companies)s) n
ON CONFLICT DO NOTHING
"""
_JOBS = """
INSERT INTO jobs (company_id, title, description, country, city, status, published_at,
                  first_published_at, expires_at, created_at, fingerprint)
SELECT c.id, 'Nurse of ward ' || n %% 4000,
       'Care for patients in house ' || n %% 900 || ', on shifts of eight hours.',
       'DE', 'Hamburg', 'published', p, p, now() + interval '30 days', p, sha256(n::text::bytea)
FROM (SELECT n, now() - n * interval '2 seconds' AS p
      FROM generate_series(%(first)s, %(last)s) n) g
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM companies
      WHERE slug LIKE 'volume-%%') c ON c.place = 1 + n %% %(companies)s
"""
_APPLICATIONS = """
INSERT INTO applications (job_id, company_id, candidate_id, submitted_at, status_changed_at)
SELECT j.id, j.company_id, u.id, j.created_at, j.created_at
FROM (SELECT id, company_id, created_at, row_number() OVER (ORDER BY id DESC) AS place
      FROM jobs ORDER BY id DESC LIMIT %(batch)s) j
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM users
      WHERE role = 'candidate' ORDER BY id LIMIT %(people)s) u
  ON u.place = 1 + j.place %% %(people)s
WHERE j.place %% 2 = 0
"""


def fill(connection: Connection, jobs: int, listener: Callable[[int], None]) -> None:
    """Add so many published jobs, and what goes with them; the connection commits by itself."""
    companies, people = max(1, jobs // 100), max(1, min(jobs, 20_000))
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"people": people})
        cursor.execute(_COMPANIES, {"companies": companies})
        for first in range(1, jobs + 1, BATCH):
            last = min(first + BATCH - 1, jobs)
            values = {"first": first, "last": last, "batch": last - first + 1}
            cursor.execute(_JOBS, values | {"companies": companies})
            cursor.execute(_APPLICATIONS, values | {"people": people})
            listener(last)
        cursor.execute("ANALYZE")
