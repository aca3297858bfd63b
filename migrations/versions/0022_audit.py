"""The audit of who saw which candidate: the application adds to it, and changes nothing of it.

It has the right to INSERT alone (migrations/env.py). What it may read of it are two views, whose
conditions are the second wall: with policies instead, the index on candidates could not be used.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

_COLUMNS = "id, at, company_id, user_id, action, application_ids, candidate_ids"
# For the owners and operators who look into it; the planner takes it to hold for nearly every row.
ASKED = f"""
CREATE VIEW audit_asked AS SELECT {_COLUMNS} FROM audit
WHERE nullif(company_id = ANY ((SELECT asking_companies())::bigint[])
             OR (SELECT asking_role()) = 'admin', false) IS NOT NULL
"""
# For oneself: where one was seen, and what one has seen.
OWN = f"""
CREATE VIEW audit_of_asker AS SELECT {_COLUMNS} FROM audit
WHERE candidate_ids @> ARRAY[(SELECT asking_user())] OR user_id = (SELECT asking_user())
"""
# What one did for companies, those one has left too: that it was done, and no word of it.
ACTS = """
CREATE VIEW acts_of_asker AS
SELECT 'move' AS kind, application_id, to_status, at FROM application_log
WHERE by_id = (SELECT asking_user())
UNION ALL
SELECT 'note', application_id, NULL, created_at FROM notes WHERE author_id = (SELECT asking_user())
UNION ALL
SELECT 'interview', application_id, NULL, created_at FROM interviews
WHERE created_by_id = (SELECT asking_user())
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("application_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("candidate_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint(
            "action IN ('list_applications', 'read_application', 'read_history', 'read_notes',"
            " 'read_interviews')",
            name=op.f("ck_audit_action"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    newest = [sa.literal_column("at DESC"), sa.literal_column("id DESC")]
    op.create_index("ix_audit_company", "audit", ["company_id", *newest])
    op.create_index("ix_audit_user", "audit", ["user_id", *newest])
    op.create_index("ix_audit_candidates", "audit", ["candidate_ids"], postgresql_using="gin")
    op.create_index("ix_audit_newest", "audit", newest)
    op.execute(
        "CREATE POLICY asked_for_insert ON audit FOR INSERT WITH CHECK"
        " (user_id = (SELECT asking_user())"
        " AND company_id = ANY ((SELECT asking_companies())::bigint[]))"
    )
    op.execute("ALTER TABLE audit ENABLE ROW LEVEL SECURITY")
    for view in (ASKED, OWN, ACTS):
        op.execute(view)


def downgrade() -> None:
    op.execute("DROP VIEW acts_of_asker, audit_of_asker, audit_asked")
    op.drop_table("audit")
