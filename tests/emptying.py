"""Taking out what tests have committed: the next one begins with what the migrations filled."""

from contextlib import closing

import psycopg2

# Filled by migrations; everything else is emptied.
SEEDED_CATEGORIES = 33
SEEDED = (
    "alembic_version", "categories", "countries", "currencies", "search_phrases", "search_places",
    "search_form", "city_names",
)  # fmt: skip
# Truncating makes a file for each table and index, three hundred of them, so that it is left to
# what a test has filled; elsewhere rows are deleted. No trigger notes what goes, and no rule asks
# for an order.
_EMPTY = f"""
SET LOCAL session_replication_role = replica;
DO $$
DECLARE
  tables text[] := ARRAY(
    SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind = 'r' AND relname <> ALL ('{{{",".join(SEEDED)}}}'));
  used record;
BEGIN
  FOR used IN SELECT t, pg_relation_size(t::regclass) AS bytes FROM unnest(tables) t LOOP
    IF used.bytes > 131072 THEN
      EXECUTE format('TRUNCATE %s', array_to_string(tables, ', '));
      EXIT;
    ELSIF used.bytes > 0 THEN
      EXECUTE format('DELETE FROM %I', used.t);
    END IF;
  END LOOP;
  PERFORM setval(s.seqrelid, s.seqstart, false)
  FROM pg_sequence s JOIN pg_depend d ON d.objid = s.seqrelid
  WHERE d.refobjid::regclass::text = ANY (tables)
    AND pg_sequence_last_value(s.seqrelid) IS NOT NULL;
END $$;
DELETE FROM categories WHERE id > {SEEDED_CATEGORIES};
"""


def empty(url: str) -> None:
    """Take out what was committed; `url` is the owner's."""
    connecting = closing(psycopg2.connect(url.replace("+psycopg2", "")))
    with connecting as connection, connection, connection.cursor() as cursor:
        cursor.execute(_EMPTY)
