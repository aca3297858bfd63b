"""What PostgreSQL itself knows of its work: how indexes are used, which statements cost most."""

from sqlalchemy import text

INDEXES = text("""
SELECT s.relname AS table_name, s.indexrelname AS name, s.idx_scan AS scans,
       pg_relation_size(s.indexrelid) AS size_bytes, s.last_idx_scan AS last_used_at,
       i.indisunique AS is_unique, i.indisvalid AS is_valid
FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
WHERE s.schemaname = current_schema() AND s.relname NOT LIKE 'procrastinate\\_%'
ORDER BY s.idx_scan DESC, s.indexrelname
LIMIT 300
""")

# The server before 16 does not keep when an index was last used.
INDEXES_BEFORE_16 = text(INDEXES.text.replace("s.last_idx_scan AS", "CAST(NULL AS timestamptz) AS"))

SERVER = text("""
SELECT current_setting('server_version_num')::int AS version,
       current_setting('max_connections')::int AS max_connections,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
       to_regclass('pg_stat_statements') IS NOT NULL AS has_statements
""")

# Its texts carry $1 in the place of values.
STATEMENTS = text("""
SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 400) AS fingerprint, calls,
       round(total_exec_time::numeric, 1) AS total_ms, round(mean_exec_time::numeric, 2) AS mean_ms,
       rows
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND query <> '<insufficient privilege>'
ORDER BY total_exec_time DESC
LIMIT 20
""")
