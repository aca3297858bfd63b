"""What is removed of a person: at once when they erase their account, and in time when it is over."""

from alembic import op

revision = "0023"
down_revision = "0022"

# Notes and interviews are about the person, so they go; the log keeps its moves without reasons.
REMOVE = """
CREATE OR REPLACE FUNCTION remove_personal(ids bigint[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  DELETE FROM notes WHERE application_id = ANY (ids);
  DELETE FROM interviews WHERE application_id = ANY (ids);
  UPDATE application_log SET reason = NULL
  WHERE application_id = ANY (ids) AND reason IS NOT NULL;
  UPDATE applications SET cover_letter = NULL, resume_url = NULL, source = NULL, rating = NULL,
    status_reason = NULL
  WHERE id = ANY (ids);
$$
"""

# What is about the person and not theirs to change: only they themselves, and only for themselves.
ERASE = """
CREATE OR REPLACE FUNCTION erase_traces(person bigint, address text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own bigint[] := array(SELECT id FROM applications WHERE candidate_id = person ORDER BY id);
BEGIN
  IF person IS DISTINCT FROM asking_user() THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody erases another';
  END IF;
  PERFORM remove_personal(own);
  DELETE FROM idempotency_keys
  WHERE caller_key = 'user:' || person
    OR substring(path FROM '^/api/v1/applications/([0-9]{1,18})/')::bigint = ANY (own);
  UPDATE job_reports SET reporter_id = NULL, text = NULL WHERE reporter_id = person;
  DELETE FROM procrastinate_jobs
  WHERE status <> 'doing' AND address IN (args ->> 'to', args ->> 'email');
END $$
"""


def upgrade() -> None:
    # What stands before a build that is committed by itself must bear to be done again.
    op.execute("ALTER TABLE applications ADD COLUMN IF NOT EXISTS redacted_at timestamptz")
    op.execute(REMOVE)
    op.execute(ERASE)
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_applications_closed ON applications"
            " (status_changed_at) WHERE redacted_at IS NULL"
            " AND status IN ('hired', 'rejected', 'withdrawn')"
        )


def downgrade() -> None:
    op.execute("DROP INDEX ix_applications_closed")
    op.execute("DROP FUNCTION erase_traces, remove_personal")
    op.drop_column("applications", "redacted_at")
