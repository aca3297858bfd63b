"""The set-based statements of an import; each works on one batch in a temporary table."""

from sqlalchemy import text

# In the order of src/understanding/posting.py: Posting.
COLUMNS = (
    "external_id", "fingerprint", "company_key", "company_name", "title", "description", "city",
    "region", "country", "is_remote", "employment_type", "experience_level", "salary_min",
    "salary_max", "salary_currency", "salary_period", "skills", "category_slug",
    "application_url", "posted_at",
)  # fmt: skip

DEADLINES = text(
    "SELECT set_config('statement_timeout', '120s', true), set_config('lock_timeout', '60s', true)"
)
STAGE = text("""
CREATE TEMPORARY TABLE import_rows (
  place int, external_id text, fingerprint bytea, company_key text, company_name text,
  title text, description text, city text, region text, country text, is_remote bool,
  employment_type text, experience_level text, salary_min numeric(12, 2),
  salary_max numeric(12, 2), salary_currency text, salary_period text, skills text[],
  category_slug text, application_url text, posted_at timestamptz
) ON COMMIT DROP
""")
COPY = f"COPY import_rows (place, {', '.join(COLUMNS)}) FROM STDIN"

# A slug that is taken, or that a name without Latin letters cannot give, carries a mark of the key.
COMPANIES = text("""
WITH wanted AS (
  SELECT DISTINCT ON (r.company_key) r.company_key, r.company_name, n.slug
  FROM import_rows r
  JOIN unnest(CAST(:keys AS text[]), CAST(:slugs AS text[])) AS n (key, slug)
    ON n.key = r.company_key
  WHERE NOT EXISTS (SELECT 1 FROM companies c WHERE c.import_key = r.company_key)
  ORDER BY r.company_key, r.place),
free AS (
  SELECT w.*, w.slug ~ '[a-z]'
              AND row_number() OVER (PARTITION BY w.slug ORDER BY w.company_key) = 1
              AND NOT EXISTS (SELECT 1 FROM companies c WHERE c.slug = w.slug) AS is_free
  FROM wanted w),
made AS (
  INSERT INTO companies (name, slug, import_key)
  SELECT company_name,
         CASE WHEN is_free THEN slug
              ELSE concat_ws('-', nullif(slug, ''), 'c' || left(md5(company_key), 8)) END,
         company_key
  FROM free ORDER BY company_key
  ON CONFLICT (import_key) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
""")

_MAPPED = """
  r.title, r.description, r.city, r.region, r.country, r.is_remote, r.employment_type,
  r.experience_level, r.salary_min, r.salary_max, r.salary_currency, r.salary_period, r.skills,
  g.id, CASE WHEN r.application_url IS NULL THEN 'internal' ELSE 'url' END, r.application_url
"""
_STORED = """
  title, description, city, region, country, is_remote, employment_type, experience_level,
  salary_min, salary_max, salary_currency, salary_period, skills, category_id, application_type,
  application_url
"""
_JOINS = """
  import_rows r
  JOIN companies c ON c.import_key = r.company_key
  LEFT JOIN categories g ON g.slug = r.category_slug
"""

# Rows whose job is there: written only where something differs.
UPDATE = text(f"""
WITH fresh AS (
  SELECT j.id, r.fingerprint, r.title, r.description, r.city, r.region, r.country, r.is_remote,
         r.employment_type, r.experience_level, r.salary_min, r.salary_max, r.salary_currency,
         r.salary_period, r.skills, g.id AS category_id,
         CASE WHEN r.application_url IS NULL THEN 'internal' ELSE 'url' END AS application_type,
         r.application_url
  FROM {_JOINS} JOIN jobs j ON j.company_id = c.id AND j.external_id = r.external_id),
changed AS (
  UPDATE jobs j SET fingerprint = f.fingerprint, ({_STORED}) = (
    SELECT {", ".join("f." + name.strip() for name in _STORED.split(","))})
  FROM fresh f
  WHERE j.id = f.id AND j.deleted_at IS NULL
    AND (f.{", f.".join(name.strip() for name in _STORED.split(","))})
        IS DISTINCT FROM (j.{", j.".join(name.strip() for name in _STORED.split(","))})
  RETURNING 1)
SELECT (SELECT count(*) FROM fresh) AS known, (SELECT count(*) FROM changed) AS changed
""")

# The rest is new, unless a job with the same fingerprint is there already.
INSERT = text(f"""
WITH unknown AS (
  SELECT r.place, EXISTS (SELECT 1 FROM jobs j WHERE j.fingerprint = r.fingerprint) AS is_repeat
  FROM import_rows r JOIN companies c ON c.import_key = r.company_key
  WHERE NOT EXISTS (
    SELECT 1 FROM jobs j WHERE j.company_id = c.id AND j.external_id = r.external_id)),
made AS (
  INSERT INTO jobs (company_id, external_id, fingerprint, status, published_at,
                    first_published_at, expires_at, {_STORED})
  SELECT c.id, r.external_id, r.fingerprint, 'published',
         least(coalesce(r.posted_at, now()), now()), least(coalesce(r.posted_at, now()), now()),
         now() + interval '60 days', {_MAPPED}
  FROM {_JOINS} JOIN unknown u ON u.place = r.place AND NOT u.is_repeat
  ORDER BY r.place
  RETURNING 1)
SELECT (SELECT count(*) FROM made) AS created,
       (SELECT count(*) FROM unknown WHERE is_repeat) AS repeated
""")
