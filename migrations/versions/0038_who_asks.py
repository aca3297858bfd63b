"""Who asks is told by functions, whose plans each connection keeps.

Every request with a token begins with that statement, and to plan it took longer than to run it.
"""

from alembic import op

revision = "0038"
down_revision = "0037"

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
BODIES = {
    "caller_by_session": f"""
SELECT s.id AS session_id, NULL::text[] AS scopes, {_COLUMNS}
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = hash AND s.expires_at > now() AND u.is_active
""",
    # Nobody may look among the keys before they are known, but for the one they sent.
    "caller_by_key": f"""
SELECT NULL::bigint AS session_id, k.scopes, {_COLUMNS}
FROM api_key_of(hash) k JOIN users u ON u.id = k.user_id
WHERE u.is_active
""",
}
# As whoever calls: what row-level security hides is hidden here.
_FUNCTION = """
CREATE FUNCTION {name}(hash bytea) RETURNS TABLE (
  session_id bigint, scopes text[], user_id bigint, role text, email text, email_verified boolean,
  data_version bigint, memberships jsonb)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
BEGIN
  RETURN QUERY {body};
END $$
"""


def upgrade() -> None:
    for name, body in BODIES.items():
        # A colon before a word is no parameter here.
        op.execute(_FUNCTION.format(name=name, body=body.strip()).replace(":", r"\:"))


def downgrade() -> None:
    op.execute("DROP FUNCTION " + ", ".join(BODIES))
