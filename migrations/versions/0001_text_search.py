"""What later tables lean on: optional extensions, the text search configuration, row versions."""

from alembic import op

revision = "0001"
down_revision = None

# An extension the server does not have, or that this role may not create, is done without:
# /health/ready says which are missing.
EXTENSIONS = """
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['unaccent', 'pg_trgm'] LOOP
    BEGIN
      EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I', wanted);
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
      RAISE NOTICE 'extension % is not available', wanted;
    END;
  END LOOP;
END $$
"""

CONFIGURATION = """
DO $$
BEGIN
  CREATE TEXT SEARCH CONFIGURATION talentsphere (COPY = english);
  IF EXISTS (SELECT 1 FROM pg_ts_dict WHERE dictname = 'unaccent') THEN
    ALTER TEXT SEARCH CONFIGURATION talentsphere
      ALTER MAPPING FOR hword, hword_part, word, asciiword, hword_asciipart, asciihword
      WITH unaccent, english_stem;
  END IF;
END $$
"""

# The version of a row counts its changes, whoever writes them.
TOUCH = """
CREATE FUNCTION touch_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(EXTENSIONS)
    op.execute(CONFIGURATION)
    op.execute(TOUCH)


def downgrade() -> None:
    op.execute("DROP FUNCTION touch_row()")
    op.execute("DROP TEXT SEARCH CONFIGURATION talentsphere")
