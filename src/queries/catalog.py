"""What PostgreSQL's catalogs say of tables and indexes; `:tables` names those of the models."""

from sqlalchemy import text

# The tables of the models that are there, and whether this role may change them.
TABLES = text("""
SELECT c.relname AS name, pg_has_role(c.relowner, 'USAGE') AS is_ours
FROM pg_class c
WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind = 'r'
  AND c.relname = ANY (:tables)
""")

# Expressions and conditions as the server writes them, so that two can be compared. An index that
# another session is building is invalid until it is done.
INDEXES = text("""
SELECT t.relname AS table_name, c.relname AS name, i.indexrelid AS oid, m.amname AS method,
  i.indisunique AS is_unique, i.indnullsnotdistinct AS nulls_are_equal,
  array(SELECT pg_get_indexdef(i.indexrelid, k, false)
        FROM generate_series(1, i.indnkeyatts) k ORDER BY k) AS keys,
  array(SELECT pg_get_indexdef(i.indexrelid, k, false)
        FROM generate_series(i.indnkeyatts + 1, i.indnatts) k ORDER BY k) AS includes,
  i.indclass::oid[] AS operator_classes, i.indcollation::oid[] AS collations,
  i.indoption::int2[] AS directions, pg_get_expr(i.indpred, i.indrelid) AS predicate,
  substring(pg_get_indexdef(i.indexrelid) FROM ' USING (.*)$') AS definition,
  k.contype AS "constraint", i.indisreplident AS is_replica_identity,
  i.indisvalid AND i.indisready AND i.indislive AS is_valid,
  EXISTS (SELECT FROM pg_stat_progress_create_index p
          WHERE p.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND p.index_relid = i.indexrelid AND p.pid <> pg_backend_pid()) AS is_being_built
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
WHERE t.relname = ANY (:tables)
  AND t.relnamespace = CASE WHEN :is_temporary THEN pg_my_temp_schema()
                            ELSE to_regnamespace(current_schema()) END
ORDER BY t.relname, c.relname
""")

# By the last ANALYZE; -1 before the first.
ROWS = text("""
SELECT i.relname AS name, t.reltuples::bigint AS rows
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relnamespace = to_regnamespace(current_schema()) AND t.relname = ANY (:tables)
""")

# What a failed build leaves behind, and nothing else, may be dropped by its name.
IS_INVALID = text("""
SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid)
""")

# Of all tables, those of the queue too; constraints have theirs, and one being built is none.
INVALID = text("""
SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = to_regnamespace(current_schema()) AND NOT i.indisvalid AND c.relkind = 'i'
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p
                  WHERE p.index_relid = i.indexrelid AND p.pid <> pg_backend_pid())
""")

SCANS = text("""
SELECT s.indexrelname AS name, s.idx_scan AS scans, pg_relation_size(s.indexrelid) AS size_bytes
FROM pg_stat_user_indexes s
WHERE s.schemaname = current_schema() AND s.relname = ANY (:tables)
""")

# Null: since the database was made.
COUNTED_SINCE = text("SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()")

DEAD_ROWS = text("""
SELECT relname AS name, n_live_tup AS live_rows, n_dead_tup AS dead_rows
FROM pg_stat_user_tables WHERE schemaname = current_schema() AND relname = ANY (:tables)
""")

# How many pages the rows would fill by the mean widths that ANALYZE found, against how many there
# are. A row costs 24 bytes of header and 4 of pointer, an entry of a btree 8 and 4; each is padded
# to 8 bytes. A page loses 24 bytes, one of a btree 40.
BLOAT = text("""
WITH pages AS (
  SELECT c.oid, c.relname, c.relkind, c.reltuples, c.relpages,
         current_setting('block_size')::int AS page_bytes,
         coalesce((SELECT option_value::int FROM pg_options_to_table(c.reloptions)
                   WHERE option_name = 'fillfactor'),
                  CASE c.relkind WHEN 'i' THEN 90 ELSE 100 END) / 100.0 AS fill
  FROM pg_class c
  LEFT JOIN pg_index i ON i.indexrelid = c.oid
  LEFT JOIN pg_class t ON t.oid = i.indrelid
  LEFT JOIN pg_am m ON m.oid = c.relam
  WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.reltuples > 0
    AND (c.relkind = 'r' AND c.relname = ANY (:tables)
         OR c.relkind = 'i' AND m.amname = 'btree' AND i.indisvalid
            AND t.relname = ANY (:tables))),
widths AS (
  SELECT p.oid, sum((1 - s.null_frac) * s.avg_width) AS width, count(*) = count(s.attname) AS known
  FROM pages p
  JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_index i ON i.indexrelid = p.oid
  LEFT JOIN pg_attribute o ON o.attrelid = i.indrelid AND o.attnum = i.indkey[a.attnum - 1]
    AND o.attnum > 0
  LEFT JOIN pg_class t ON t.oid = i.indrelid
  LEFT JOIN pg_stats s ON s.schemaname = current_schema()
    AND s.tablename = CASE WHEN o.attname IS NULL THEN p.relname ELSE t.relname END
    AND s.attname = coalesce(o.attname, a.attname)
  GROUP BY p.oid),
expected AS (
  SELECT p.*, ceil(p.reltuples * (ceil(w.width / 8) * 8
      + CASE p.relkind WHEN 'i' THEN 12 ELSE 28 END)
    / ((p.page_bytes - CASE p.relkind WHEN 'i' THEN 40 ELSE 24 END) * p.fill)) AS pages
  FROM pages p JOIN widths w ON w.oid = p.oid AND w.known)
SELECT relname AS name, relkind = 'i' AS is_index, relpages::bigint * page_bytes AS size_bytes,
       ((relpages - pages) * page_bytes)::bigint AS wasted_bytes
FROM expected WHERE relpages > pages
""")

NO_LIMIT = text("SET statement_timeout = 0")
