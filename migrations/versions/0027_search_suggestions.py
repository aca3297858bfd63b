"""What is suggested while a search is typed, by every word that it can begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

EVENTS = {
    "inserted": ("INSERT", "NEW TABLE AS new_rows", "new_rows"),
    "updated": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", "new_rows"),
    "deleted": ("DELETE", "OLD TABLE AS old_rows", "old_rows"),
}


def upgrade() -> None:
    op.create_table(
        "search_suggestions",
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("label", sa.Text(collation="C"), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "label", name=op.f("pk_search_suggestions")),
    )
    op.create_index(
        "ix_search_suggestions_best",
        "search_suggestions",
        ["kind", sa.text("left(key, 2)"), sa.text("weight DESC")],
        postgresql_include=["key", "label"],
    )
    op.execute(
        "CREATE TRIGGER fresh_truncated AFTER TRUNCATE ON search_suggestions"
        " FOR EACH STATEMENT EXECUTE FUNCTION cache_truncated()"
    )
    for name, (event, referencing, rows) in EVENTS.items():
        op.execute(f"""
CREATE FUNCTION search_suggestions_{name}_fresh() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM cache_touch(CASE WHEN EXISTS (SELECT FROM {rows}) THEN '{{jobs}}'::text[] END);
  RETURN NULL;
END $$
""")
        op.execute(
            f"CREATE TRIGGER fresh_{name} AFTER {event} ON search_suggestions"
            f" REFERENCING {referencing}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION search_suggestions_{name}_fresh()"
        )


def downgrade() -> None:
    op.drop_table("search_suggestions")
    for name in EVENTS:
        op.execute(f"DROP FUNCTION search_suggestions_{name}_fresh")
