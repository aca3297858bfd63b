"""The tables of the background tasks, as the pinned procrastinate release describes them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0011"
down_revision = "0010"

# Everything procrastinate makes carries its name.
DROP = """
DO $$
DECLARE thing record;
BEGIN
  FOR thing IN SELECT tablename AS name FROM pg_tables
    WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\\_%'
  LOOP EXECUTE format('DROP TABLE %I CASCADE', thing.name); END LOOP;
  FOR thing IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'procrastinate\\_%'
  LOOP EXECUTE 'DROP FUNCTION ' || thing.name || ' CASCADE'; END LOOP;
  FOR thing IN SELECT typname AS name FROM pg_type
    WHERE typnamespace = current_schema()::regnamespace AND typname LIKE 'procrastinate\\_%'
      AND typtype IN ('e', 'c')
  LOOP EXECUTE format('DROP TYPE %I CASCADE', thing.name); END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(SchemaManager.get_schema())


def downgrade() -> None:
    op.execute(DROP)
