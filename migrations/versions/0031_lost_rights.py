"""What outlived its reason: API keys after a lost password, kept answers after a lost right, and
what is written about who erased their account.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"

# Whoever sets a password by a mailed code is nobody yet, and sees no keys.
REVOKE = """
CREATE FUNCTION revoke_keys(person bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE api_keys SET revoked_at = now() WHERE user_id = person AND revoked_at IS NULL
$$
"""

# An invitation's answer, which its sender may be given again, names its address.
_INVITED = """
    OR path ~ '^/api/v1/companies/[0-9]+/invitations$'
      AND position(convert_to(address, 'UTF8') IN body) > 0"""
# Nobody writes about them any more.
_REDACT = """
  UPDATE applications SET redacted_at = now() WHERE id = ANY (own) AND redacted_at IS NULL;"""


def erase_traces(*, forgets: str = "", redacts: str = "") -> str:
    """That of 0023, which also forgets and redacts this."""
    return f"""
CREATE OR REPLACE FUNCTION erase_traces(person bigint, address text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own bigint[] := array(SELECT id FROM applications WHERE candidate_id = person ORDER BY id);
BEGIN
  IF person IS DISTINCT FROM asking_user() THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody erases another';
  END IF;
  PERFORM remove_personal(own);{redacts}
  DELETE FROM idempotency_keys
  WHERE caller_key = 'user:' || person
    OR substring(path FROM '^/api/v1/applications/([0-9]{{1,18}})/')::bigint = ANY (own){forgets};
  UPDATE job_reports SET reporter_id = NULL, text = NULL WHERE reporter_id = person;
  DELETE FROM procrastinate_jobs
  WHERE status <> 'doing' AND address IN (args ->> 'to', args ->> 'email');
END $$
"""


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("rights", postgresql.JSONB(), nullable=True))
    op.execute(REVOKE)
    op.execute(erase_traces(forgets=_INVITED, redacts=_REDACT))


def downgrade() -> None:
    op.execute(erase_traces())
    op.execute("DROP FUNCTION revoke_keys")
    op.drop_column("idempotency_keys", "rights")
