"""What PostgreSQL itself knows of its work: connections, locks, tables, indexes, statements.

Query texts may hold values: whoever reads them here hands on their fingerprints alone.
"""

from sqlalchemy import text

# One row, cheap enough for every scrape. A session whose state this role may not see is `hidden`.
VITALS = text("""
SELECT current_setting('server_version_num')::int AS version_number,
       split_part(current_setting('server_version'), ' ', 1) AS version,
       current_setting('max_connections')::int AS max_connections,
       pg_postmaster_start_time() AS started_at,
       to_regclass('pg_stat_statements') IS NOT NULL AS has_statements,
       to_regclass('cache_outbox') IS NOT NULL AS has_outbox,
       (SELECT sum(numbackends) FROM pg_stat_database)::int AS server_connections,
       d.numbackends AS connections, d.xact_commit AS commits, d.xact_rollback AS rollbacks,
       d.blks_hit AS blocks_hit, d.blks_read AS blocks_read, d.deadlocks, d.temp_bytes,
       d.stats_reset AS counted_since,
       (SELECT coalesce(jsonb_object_agg(state, n), '{}') FROM (
          SELECT coalesce(state, 'hidden') AS state, count(*) AS n
          FROM pg_stat_activity
          WHERE datname = current_database()
            AND coalesce(backend_type, 'client backend') = 'client backend'
          GROUP BY 1) s) AS by_state,
       (SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock') AS lock_waits
FROM pg_stat_database d
WHERE d.datname = current_database()
""")

# The oldest by the primary key; a long queue is not counted to its end.
OUTBOX = text("""
SELECT (SELECT count(*) FROM (SELECT FROM cache_outbox LIMIT 100000) q)::int AS rows,
       coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at)
                 FROM cache_outbox ORDER BY id LIMIT 1), 0)::float8 AS age_seconds
""")

# How long the oldest task waits that is due, how many wait for another try or have failed for good
# within the hour, and when the clock last put one in the queue.
TASKS = text("""
SELECT coalesce((
         SELECT extract(epoch FROM clock_timestamp() - min(coalesce(j.scheduled_at, e.at)))
         FROM procrastinate_jobs j
         LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
         WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
       ), 0)::float8 AS waiting_seconds,
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND attempts > 0)::int
         AS retried,
       (SELECT count(*) FROM procrastinate_jobs j WHERE j.status = 'failed' AND EXISTS (
          SELECT FROM procrastinate_events e
          WHERE e.job_id = j.id AND e.at > now() - interval '1 hour'))::int AS failed,
       (SELECT extract(epoch FROM clock_timestamp()) - max(defer_timestamp)
        FROM procrastinate_periodic_defers)::float8 AS clock_seconds
""")

LOCKS = text("""
SELECT w.pid, w.query,
       coalesce(extract(epoch FROM clock_timestamp() - (
         SELECT min(waitstart) FROM pg_locks l WHERE l.pid = w.pid AND NOT l.granted
       )), 0)::float8 AS waited_seconds,
       by.pid AS blocker_pid, b.state AS blocker_state, b.query AS blocker_query,
       extract(epoch FROM clock_timestamp() - b.xact_start)::float8 AS blocker_seconds
FROM pg_stat_activity w
CROSS JOIN LATERAL (SELECT DISTINCT unnest(pg_blocking_pids(w.pid)) AS pid) by
LEFT JOIN pg_stat_activity b ON b.pid = by.pid
WHERE w.wait_event_type = 'Lock' AND w.datname = current_database()
ORDER BY waited_seconds DESC, w.pid, by.pid
LIMIT 50
""")

TRANSACTIONS = text("""
SELECT pid, usename AS role, application_name AS application, state, query,
       extract(epoch FROM clock_timestamp() - xact_start)::float8 AS transaction_seconds,
       extract(epoch FROM clock_timestamp()
         - CASE WHEN state = 'active' THEN query_start ELSE state_change END)::float8
         AS state_seconds
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND backend_type = 'client backend' AND xact_start < clock_timestamp() - interval '1 second'
ORDER BY xact_start
LIMIT 20
""")

# Sizes are those that VACUUM and ANALYZE noted: the functions that measure wait for locks.
TABLES = text("""
SELECT s.relname AS name, s.n_live_tup AS live_rows, s.n_dead_tup AS dead_rows,
       s.seq_scan AS full_scans, coalesce(s.idx_scan, 0) AS index_scans,
       current_setting('block_size')::bigint * (
         c.relpages + coalesce(t.relpages, 0) + coalesce((
           SELECT sum(x.relpages) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
           WHERE i.indrelid = c.oid), 0)) AS size_bytes,
       greatest(s.last_vacuum, s.last_autovacuum) AS vacuumed_at,
       greatest(s.last_analyze, s.last_autoanalyze) AS analyzed_at
FROM pg_stat_user_tables s
JOIN pg_class c ON c.oid = s.relid
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
WHERE s.schemaname = current_schema()
ORDER BY size_bytes DESC, s.relname
LIMIT 100
""")

# What is being built is not valid yet; what holds a constraint is used without being scanned.
INDEXES = text("""
SELECT s.relname AS table_name, s.indexrelname AS name, s.idx_scan AS scans,
       current_setting('block_size')::bigint * c.relpages AS size_bytes,
       s.last_idx_scan AS last_used_at,
       i.indisunique AS is_unique,
       i.indisvalid OR EXISTS (SELECT FROM pg_stat_progress_create_index p
                               WHERE p.index_relid = i.indexrelid) AS is_valid,
       s.idx_scan = 0 AND NOT i.indisunique AND NOT i.indisexclusion AS is_unused
FROM pg_stat_user_indexes s
JOIN pg_index i ON i.indexrelid = s.indexrelid
JOIN pg_class c ON c.oid = s.indexrelid
WHERE s.schemaname = current_schema() AND s.relname NOT LIKE 'procrastinate\\_%'
ORDER BY i.indisvalid, s.idx_scan DESC, s.indexrelname
LIMIT 300
""")

# The server before 16 does not keep when an index was last used.
INDEXES_BEFORE_16 = text(INDEXES.text.replace("s.last_idx_scan AS", "CAST(NULL AS timestamptz) AS"))

# As noted too: to measure means to look at every file of the database.
SIZE = text("SELECT current_setting('block_size')::bigint * sum(relpages) FROM pg_class")

# Its texts carry $1 in the place of values, but for commands that are no queries.
STATEMENTS = text("""
SELECT query, calls, round(total_exec_time::numeric, 1) AS total_ms,
       round(mean_exec_time::numeric, 2) AS mean_ms, rows
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND query <> '<insufficient privilege>'
ORDER BY total_exec_time DESC
LIMIT 20
""")
