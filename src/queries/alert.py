"""The statements of alerts: numbering arrivals, going through searches, noting what matched."""

from sqlalchemy import text

from src.queries import locks
from src.queries.job_search import CARD_COLUMNS, CARD_JOINS
from src.queries.locks import Lock

# For who has something to do whatever is done meanwhile: longer than a step takes.
WAIT = text(f"SET LOCAL lock_timeout = '30s'; SELECT {locks.WAIT}").bindparams(lock=Lock.ALERTS)

# What is committed by now becomes one batch; what is committed later, a later one. Numbers go on
# from where the rounds stand: all arrivals of their last batch may be forgotten, or deleted.
NUMBER = text("""
WITH newest AS MATERIALIZED (
  SELECT greatest((SELECT max(batch) FROM job_arrivals),
                  (SELECT max(greatest(from_batch, to_batch)) FROM alert_rounds), 0) AS batch),
numbered AS (
  UPDATE job_arrivals a SET batch = n.batch + 1 FROM newest n WHERE a.batch IS NULL
  RETURNING a.batch)
SELECT coalesce((SELECT max(batch) FROM numbered), batch) FROM newest
""")

ARRIVED = text("""
SELECT count(*) AS jobs, coalesce(array_agg(DISTINCT s.pub_day), '{}') AS days,
       coalesce(array_agg(DISTINCT s.country) FILTER (WHERE s.country IS NOT NULL), '{}')
         AS countries
FROM job_arrivals a JOIN job_search s USING (job_id)
WHERE a.batch > :from_batch AND a.batch <= :to_batch
""")

_IS_READ = """u.is_active AND u.email_verified_at IS NOT NULL AND u.erased_at IS NULL
         AND u.role = 'candidate'"""

# Equal searches come together. Their owners are joined to the few that were cut off: joined before,
# the planner would go through all people instead.
NEXT = text(f"""
SELECT s.id, s.key, s.query, {_IS_READ} AS is_wanted
FROM (
  SELECT id, user_id, query, md5(query::text) AS key FROM saved_searches
  WHERE frequency = :frequency
    AND (md5(query::text), id) > (CAST(:after_key AS text), CAST(:after_id AS bigint))
  ORDER BY md5(query::text), id LIMIT :most) s
JOIN users u ON u.id = s.user_id
ORDER BY s.key, s.id
""")

# A search, and the last batch that its rounds have held against it.
ONE = text(f"""
SELECT s.id, s.query, s.frequency <> 'never' AND {_IS_READ} AS is_wanted,
       coalesce(CASE WHEN (md5(s.query::text), s.id) <= (r.after_key, r.after_id) THEN r.to_batch
                     ELSE r.from_batch END, 0) AS told_to
FROM saved_searches s
JOIN users u ON u.id = s.user_id
LEFT JOIN alert_rounds r ON r.frequency = s.frequency
WHERE s.id = :search_id
""")

# Of equal searches, those that are not told of all jobs of a round: some arrived before they were
# kept, or were told of and are posted again.
TOLD_LESS = text("""
SELECT s.id FROM saved_searches s
WHERE s.id = ANY (CAST(:search_ids AS bigint[])) AND (
  s.alerts_from > (
    SELECT min(arrived_at) FROM job_arrivals WHERE batch > :from_batch AND batch <= :to_batch)
  OR EXISTS (
    SELECT FROM alerted_jobs t JOIN job_arrivals a ON a.job_id = t.job_id
    WHERE t.search_id = s.id AND a.batch > :from_batch AND a.batch <= :to_batch))
ORDER BY s.id
""")

# What one of these is told of, beside the conditions of its query. With `+ 0` for the reason that
# src/queries/job_filters.py has.
UNTOLD = (
    """job_id + 0 IN (
  SELECT a.job_id FROM job_arrivals a JOIN saved_searches s ON a.arrived_at >= s.alerts_from
  WHERE s.id = :search_id AND a.batch > :from_batch AND a.batch <= :to_batch)""",
    "job_id NOT IN (SELECT t.job_id FROM alerted_jobs t WHERE t.search_id = :search_id)",
)

# A job that a search has been told of stays out; a search without any other makes no mail.
TELL = text("""
WITH matched AS (
  SELECT DISTINCT s.id AS search_id, a.job_id
  FROM saved_searches s JOIN job_arrivals a ON a.arrived_at >= s.alerts_from
  WHERE s.id = ANY (CAST(:search_ids AS bigint[])) AND a.job_id = ANY (CAST(:job_ids AS bigint[]))
    AND a.batch > :from_batch AND a.batch <= :to_batch),
told AS (
  INSERT INTO alerted_jobs (search_id, job_id) SELECT search_id, job_id FROM matched ORDER BY 1, 2
  ON CONFLICT DO NOTHING RETURNING search_id, job_id)
INSERT INTO alerts (search_id, job_ids, total)
SELECT search_id,
       array_agg(job_id ORDER BY array_position(CAST(:job_ids AS bigint[]), job_id)),
       count(*) + :others
FROM told GROUP BY search_id ORDER BY search_id
RETURNING id
""")

# Claimed by who sends it; what has become of the search or its owner meanwhile is said too.
CLAIM = text(f"""
UPDATE alerts a SET sent_at = now()
FROM saved_searches s JOIN users u ON u.id = s.user_id
WHERE a.id = :alert_id AND a.sent_at IS NULL AND s.id = a.search_id
RETURNING a.search_id, a.job_ids, a.total, s.name, s.query, s.frequency, u.email,
  s.frequency <> 'never' AND {_IS_READ} AS is_wanted
""")
RELEASE = text("UPDATE alerts SET sent_at = NULL WHERE id = :alert_id")

# The jobs of a mail that are live still, in their order.
STILL_LIVE = text(f"""
SELECT {CARD_COLUMNS} FROM job_search p {CARD_JOINS}
WHERE p.job_id = ANY (CAST(:job_ids AS bigint[])) AND p.expires_at > now()
ORDER BY array_position(CAST(:job_ids AS bigint[]), p.job_id)
""")

# An arrival that every round has been through is of no more use.
FORGET = text("""
DELETE FROM job_arrivals WHERE batch <= (
  SELECT CASE WHEN count(*) = 3 THEN min(from_batch) ELSE 0 END FROM alert_rounds)
""")
FORGET_SENT = text("DELETE FROM alerts WHERE expires_at <= now()")
