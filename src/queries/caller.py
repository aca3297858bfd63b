"""The one statement that tells who asks, from a token or an API key.

With it come the versions of the private data they may read, which their cached answers are kept by.
"""

from sqlalchemy import text

# Functions (migration 0038): a connection keeps their plans. What they read is said beside, for
# who looks in a statement for a table that is locked (src/utils/locked_tables.py).
_READS = "users, memberships, companies, data_versions"
BY_SESSION = text(f"SELECT * FROM caller_by_session(:token_hash) /* FROM sessions, {_READS} */")
BY_API_KEY = text(f"SELECT * FROM caller_by_key(:token_hash) /* FROM api_keys, {_READS} */")
# What the first of them runs, for who looks at its plan.
INSIDE_BY_SESSION = text("""
SELECT s.id AS session_id, NULL::text[] AS scopes,
  u.id AS user_id, u.role, u.email, u.email_verified_at IS NOT NULL AS email_verified,
  coalesce((SELECT version FROM data_versions
            WHERE kind = 'user' AND subject_id = u.id), 0) AS data_version,
  coalesce((SELECT jsonb_object_agg(m.company_id, jsonb_build_array(m.role, coalesce(v.version, 0)))
            FROM memberships m JOIN companies c ON c.id = m.company_id
            LEFT JOIN data_versions v ON v.kind = 'company' AND v.subject_id = c.id
            WHERE m.user_id = u.id AND u.role = 'employer'
              AND c.status <> 'deleted'), '{}') AS memberships
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = :hash AND s.expires_at > now() AND u.is_active
""")
