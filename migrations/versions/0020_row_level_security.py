"""Row-level security: whatever the application forgets to ask, a row is for those it concerns.

Who asks is told by settings of the transaction (src/utils/row_security.py); without them nobody
asks, and nothing of these tables is there. Their owner, who migrates, imports and runs the tasks,
is exempt.
"""

from alembic import op

revision = "0020"
down_revision = "0019"

# What a setting was in an earlier transaction reads as empty afterwards, not as null.
WHO = """
CREATE FUNCTION asking_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('talentsphere.user_id', true), '')::bigint
$$;
CREATE FUNCTION asking_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT current_setting('talentsphere.role', true)
$$;
CREATE FUNCTION asking_companies() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(nullif(current_setting('talentsphere.company_ids', true), ''), '{}')::bigint[]
$$;
CREATE FUNCTION asking_key() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce('user:' || nullif(current_setting('talentsphere.user_id', true), ''),
                  'address:' || nullif(current_setting('talentsphere.address', true), ''))
$$
"""

# Before anybody is known, only the row of the very key that was sent.
KEY = """
CREATE FUNCTION api_key_of(hash bytea) RETURNS TABLE (user_id bigint, scopes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1 AS $$
  SELECT user_id, scopes FROM api_keys
  WHERE key_hash = hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
$$
"""

# Each setting is read once a statement, and not once a row.
_OURS = "{} = ANY ((SELECT asking_companies())::bigint[])"
_MINE = "{} = (SELECT asking_user())"
_COMPANY, _CANDIDATE = _OURS.format("company_id"), _MINE.format("candidate_id")
_APPLICATION = "EXISTS (SELECT FROM applications a WHERE a.id = application_id{})"
_ITS_COMPANY = _APPLICATION.format(f" AND {_OURS.format('a.company_id')}")
_KEPT = "caller_key = (SELECT asking_key())"

# Per table: what is read, added, changed and removed, and by whom.
POLICIES = {
    "applications": {
        "select": f"{_COMPANY} OR {_CANDIDATE}",
        "insert": _CANDIDATE,
        "update": f"{_COMPANY} OR {_CANDIDATE}",
    },
    # Whoever sees the application; its triggers alone write it.
    "application_log": {"select": f"{_COMPANY} OR {_APPLICATION.format('')}"},
    # Never the candidate.
    "notes": {"all": _ITS_COMPANY},
    "interviews": {"select": _APPLICATION.format(""), "all": _ITS_COMPANY},
    "bookmarks": {"all": _MINE.format("user_id")},
    "api_keys": {"all": _MINE.format("user_id")},
    "idempotency_keys": {"all": _KEPT},
}


def _sure(condition: str) -> str:
    """The condition, which the planner takes to hold for nearly every row.

    It does, since the application asks for its own rows; taken as a filter, it would make lists
    look short enough to be sorted instead of being read in their order.
    """
    return f"nullif({condition}, false) IS NOT NULL"


def upgrade() -> None:
    op.execute(WHO)
    op.execute(KEY)
    for table, policies in POLICIES.items():
        for command, condition in policies.items():
            checked = "WITH CHECK" if command == "insert" else "USING"
            op.execute(
                f"CREATE POLICY asked_for_{command} ON {table} FOR {command.upper()}"
                f" {checked} ({_sure(condition)})"
            )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    for table, policies in POLICIES.items():
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        for command in policies:
            op.execute(f"DROP POLICY asked_for_{command} ON {table}")
    op.execute("DROP FUNCTION api_key_of, asking_key, asking_companies, asking_role, asking_user")
