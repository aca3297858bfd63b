"""The one statement that tells who asks, from a token or an API key.

With it come the versions of the private data they may read, which their cached answers are kept by.
"""

from sqlalchemy import text

_COLUMNS = """
  u.id AS user_id, u.role, u.email, u.email_verified_at IS NOT NULL AS email_verified,
  coalesce((SELECT version FROM data_versions
            WHERE kind = 'user' AND subject_id = u.id), 0) AS data_version,
  coalesce((SELECT jsonb_object_agg(m.company_id, jsonb_build_array(m.role, coalesce(v.version, 0)))
            FROM memberships m JOIN companies c ON c.id = m.company_id
            LEFT JOIN data_versions v ON v.kind = 'company' AND v.subject_id = c.id
            WHERE m.user_id = u.id AND u.role = 'employer'
              AND c.status <> 'deleted'), '{}') AS memberships
"""

BY_SESSION = text(f"""
SELECT s.id AS session_id, NULL::text[] AS scopes, {_COLUMNS}
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = :token_hash AND s.expires_at > now() AND u.is_active
""")

# Nobody may look among the keys before they are known, but for the one they sent.
BY_API_KEY = text(f"""
SELECT NULL::bigint AS session_id, k.scopes, {_COLUMNS}
FROM api_key_of(:token_hash) k JOIN users u ON u.id = k.user_id
WHERE u.is_active
""")
