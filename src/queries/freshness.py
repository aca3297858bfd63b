"""The outbox of invalidations: what nobody has delivered, and removing what somebody has."""

from sqlalchemy import text

# As many as one bump carries in a millisecond or two; the next look takes the rest.
MOST_AT_ONCE = 5_000

UNDELIVERED = text("""
SELECT id, tag FROM cache_outbox
WHERE created_at <= clock_timestamp() - make_interval(secs => :age_seconds)
ORDER BY id LIMIT :most
""")

# In one order, and without waiting for another who removes the same. A lost removal delivers a tag
# twice, which harms nothing: not worth waiting for the disk.
REMOVE = text("""
WITH now_or_never AS (SELECT set_config('synchronous_commit', 'off', true)),
held AS MATERIALIZED (
  SELECT o.id FROM cache_outbox o, now_or_never
  WHERE o.id = ANY (CAST(:ids AS bigint[])) ORDER BY o.id FOR UPDATE OF o SKIP LOCKED)
DELETE FROM cache_outbox o USING held WHERE o.id = held.id
""")

WRITE_DOWN = text("SELECT cache_touch(:tags)")

# Where no cache is configured nobody delivers anything.
FORGET_OLD = text("DELETE FROM cache_outbox WHERE created_at < now() - interval '1 hour'")

NAMES = text("""
SELECT unnest(company_tags(ARRAY[id])) FROM companies
WHERE slug = :name OR id = CAST(:company_id AS bigint)
""")
