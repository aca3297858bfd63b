"""Finding a candidate by the beginnings of name and address, among a company's applications."""

from alembic import op

revision = "0012"
down_revision = "0011"

WORDS = """
CREATE OR REPLACE FUNCTION user_words(first_name text, last_name text, email text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('pg_catalog.simple', concat_ws(' ', first_name, last_name, email))
$$
"""


def upgrade() -> None:
    # What stands before a build that is committed by itself must bear to be done again.
    op.execute(WORDS)
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_users_words ON users"
            " USING gin (user_words(first_name, last_name, email))"
        )


def downgrade() -> None:
    op.execute("DROP INDEX ix_users_words")
    op.execute("DROP FUNCTION user_words")
