"""Many jobs of a company at once: a constant number of statements, whatever their number."""

from sqlalchemy import text

# One bulk a company at a time; it holds up neither applications nor single jobs.
LOCK_COMPANY = text("SELECT status FROM companies WHERE id = :company_id FOR NO KEY UPDATE")

_TYPES = {
    "title": "text", "description": "text", "requirements": "text", "responsibilities": "text",
    "benefits": "text", "category_id": "bigint", "city": "text", "region": "text",
    "country": "text", "is_remote": "boolean", "employment_type": "text",
    "experience_level": "text", "salary_min": "numeric", "salary_max": "numeric",
    "salary_currency": "text", "salary_period": "text", "salary_is_visible": "boolean",
    "skills": "text[]", "application_type": "text", "application_url": "text",
    "application_email": "text", "external_id": "text", "status": "text",
    "status_changed_by_id": "bigint", "status_reason": "text", "published_at": "timestamptz",
    "first_published_at": "timestamptz", "expires_at": "timestamptz",
}  # fmt: skip
COLUMNS = tuple(_TYPES)
"""What a row writes; every row names all of them."""

_NAMES = ", ".join(COLUMNS)
_RECORD = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
_SET = ", ".join(f"{name} = v.{name}" for name in COLUMNS)

KNOWN = text(f"""
SELECT id, taken_down_at, {_NAMES} FROM jobs
WHERE company_id = :company_id AND external_id = ANY (:external_ids)
ORDER BY id FOR NO KEY UPDATE
""")

UPDATE = text(f"""
UPDATE jobs j SET {_SET}
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v (id bigint, {_RECORD})
WHERE j.id = v.id AND j.company_id = :company_id
""")

# A job that another request has just made under the same external id is not written: no id.
INSERT = text(f"""
WITH v AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('jobs', 'id')) AS id, r.*
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (index int, {_RECORD})
  ORDER BY r.index),
made AS (
  INSERT INTO jobs (id, company_id, created_by_id, {_NAMES})
  SELECT id, :company_id, :user_id, {_NAMES} FROM v ORDER BY id
  ON CONFLICT (company_id, external_id) DO NOTHING
  RETURNING id)
SELECT v.index AS place, made.id FROM v LEFT JOIN made ON made.id = v.id
""")

# Locked in the order of ids, as every bulk does.
TO_ACT_ON = text("""
SELECT j.id, j.company_id, j.status, j.expires_at, j.published_at, j.first_published_at,
       j.taken_down_at, j.is_featured
FROM jobs j
WHERE j.id = ANY (:job_ids) AND j.deleted_at IS NULL
  AND (:is_any_company OR j.company_id = ANY (CAST(:company_ids AS bigint[])))
ORDER BY j.id FOR UPDATE
""")

# In a statement of its own: what waited for a lock sees the row as it is, joined ones as they were.
HOLD_ACTIVE = text("""
WITH held AS MATERIALIZED (
  SELECT id, status FROM companies WHERE id = ANY (CAST(:ids AS bigint[]))
  ORDER BY id FOR KEY SHARE)
SELECT id FROM held WHERE status = 'active'
""")

APPLIED_FOR = text("""
SELECT id FROM unnest(CAST(:job_ids AS bigint[])) AS given (id)
WHERE EXISTS (SELECT FROM applications a WHERE a.job_id = given.id)
""")

SETTLE = text("""
UPDATE jobs SET status = 'expired', status_changed_at = expires_at,
  status_changed_by_id = NULL, status_reason = NULL
WHERE id = ANY (:job_ids)
""")

MOVE = text("""
UPDATE jobs SET status = :to, status_changed_by_id = :user_id, status_reason = NULL
WHERE id = ANY (:job_ids)
""")

PUBLISH = text("""
UPDATE jobs j SET
  status = 'published', status_changed_by_id = :user_id, status_reason = NULL,
  published_at = v.published_at, first_published_at = v.first_published_at,
  expires_at = v.expires_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v (
  id bigint, published_at timestamptz, first_published_at timestamptz, expires_at timestamptz)
WHERE j.id = v.id
""")

DELETE_DRAFTS = text("DELETE FROM jobs WHERE id = ANY (:job_ids)")

DELETE_PUBLIC = text("""
UPDATE jobs SET deleted_at = :now, external_id = NULL, status = 'archived',
  status_changed_by_id = :user_id, status_reason = 'deleted'
WHERE id = ANY (:job_ids)
""")

FEATURE = text("UPDATE jobs SET is_featured = :is_featured WHERE id = ANY (:job_ids)")
