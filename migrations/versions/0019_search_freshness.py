"""What searches are understood by makes lists of jobs old, like what they are planned by."""

from alembic import op

revision = "0019"
down_revision = "0018"

TABLES = ("search_phrases", "search_places", "search_words", "search_form")
EVENTS = {
    "inserted": ("INSERT", "NEW TABLE AS new_rows", "new_rows"),
    "updated": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", "new_rows"),
    "deleted": ("DELETE", "OLD TABLE AS old_rows", "old_rows"),
}


def upgrade() -> None:
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER fresh_truncated AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION cache_truncated()"
        )
        for name, (event, referencing, rows) in EVENTS.items():
            op.execute(f"""
CREATE FUNCTION {table}_{name}_fresh() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM cache_touch(CASE WHEN EXISTS (SELECT FROM {rows}) THEN '{{jobs}}'::text[] END);
  RETURN NULL;
END $$
""")
            op.execute(
                f"CREATE TRIGGER fresh_{name} AFTER {event} ON {table} REFERENCING {referencing}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_{name}_fresh()"
            )


def downgrade() -> None:
    for table in TABLES:
        for name in EVENTS:
            op.execute(f"DROP TRIGGER fresh_{name} ON {table}")
            op.execute(f"DROP FUNCTION {table}_{name}_fresh")
        op.execute(f"DROP TRIGGER fresh_truncated ON {table}")
