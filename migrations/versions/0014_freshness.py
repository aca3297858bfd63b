"""The outbox of cache invalidations, and the versions of private data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0014"
down_revision = "0013"


class Xid8(UserDefinedType):
    def get_col_spec(self, **_):
        return "xid8"


# A tag is a name of what answers depend on; over 1,000 rows only the family of all is named.
TOUCH = """
CREATE FUNCTION cache_touch(tags text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO cache_outbox (tag)
  SELECT DISTINCT t FROM unnest(tags) t WHERE t IS NOT NULL ORDER BY t
$$
"""

ONE_BY_ONE = """
CREATE FUNCTION cache_tags(kind text, names text[], family text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(names) > 1000 THEN ARRAY[family]
              ELSE array(SELECT kind || ':' || name FROM unnest(names) name) END
$$
"""

# A company is asked for by its id and by its slug.
COMPANIES = """
CREATE FUNCTION company_tags(company_ids bigint[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN cardinality(company_ids) > 500 THEN ARRAY['company_profile']
              ELSE array(SELECT unnest(ARRAY['company:' || id, 'company:' || slug])
                         FROM companies WHERE id = ANY (company_ids)) END
$$
"""

CHANGE = """
CREATE FUNCTION data_changed(of_companies bigint[], of_users bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO data_changes (company_ids, user_ids)
  SELECT coalesce(of_companies, '{}'), coalesce(of_users, '{}')
  WHERE cardinality(of_companies) > 0 OR cardinality(of_users) > 0
$$
"""

# Runs as the transaction commits, so that the versions are locked last and for a moment only; the
# first call does it for all changes of the transaction, companies by id and then users by id, so
# that two transactions never wait for each other in a circle.
APPLY = """
CREATE FUNCTION data_versions_raise() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH gone AS (
    DELETE FROM data_changes WHERE txid = pg_current_xact_id() RETURNING company_ids, user_ids),
  changed AS (
    SELECT DISTINCT 'company' AS kind, unnest(company_ids) AS subject_id FROM gone
    UNION
    SELECT DISTINCT 'user', unnest(user_ids) FROM gone)
  INSERT INTO data_versions AS v (kind, subject_id, version)
  SELECT kind, subject_id, 1 FROM changed ORDER BY kind COLLATE "C", subject_id
  ON CONFLICT (kind, subject_id) DO UPDATE SET version = v.version + 1;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "cache_outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cache_outbox")),
    )
    op.create_index("ix_cache_outbox_txid", "cache_outbox", ["txid"])
    op.create_table(
        "data_versions",
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_data_versions")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "data_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("company_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("user_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_changes")),
    )
    op.create_index("ix_data_changes_txid", "data_changes", ["txid"])
    for function in (TOUCH, ONE_BY_ONE, COMPANIES, CHANGE, APPLY):
        op.execute(function)
    op.execute(
        "CREATE CONSTRAINT TRIGGER raise_versions AFTER INSERT ON data_changes"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION data_versions_raise()"
    )


def downgrade() -> None:
    op.drop_table("data_changes")
    op.drop_table("data_versions")
    op.drop_table("cache_outbox")
    op.execute(
        "DROP FUNCTION data_versions_raise, data_changed, company_tags, cache_tags, cache_touch"
    )
