"""Saved searches, the rounds that match them with new jobs, and the mails that these make."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"


def _moment(name: str, default: str | None = None, *, nullable: bool = False) -> sa.Column:
    kind = sa.DateTime(timezone=True)
    return sa.Column(
        name, kind, server_default=sa.text(default) if default else None, nullable=nullable
    )


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        _moment("alerts_from", "now()"),
        _moment("created_at", "now()"),
        _moment("updated_at", "now()"),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('instant', 'daily', 'weekly', 'never')",
            name=op.f("ck_saved_searches_frequency"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_saved_searches_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    op.create_index(
        "ix_saved_searches_newest",
        "saved_searches",
        ["user_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
    )
    op.create_index(
        "ix_saved_searches_round",
        "saved_searches",
        ["frequency", sa.literal_column("md5(query::text)"), "id"],
        postgresql_where=sa.text("frequency <> 'never'"),
    )
    op.execute(
        "CREATE TRIGGER touch BEFORE UPDATE ON saved_searches FOR EACH ROW"
        " WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row()"
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("search_id", sa.BigInteger(), nullable=False),
        sa.Column("job_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        _moment("created_at", "now()"),
        _moment("expires_at", "now() + interval '30 days'"),
        _moment("sent_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_searches.id"],
            name=op.f("fk_alerts_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_search", "alerts", ["search_id"])
    op.create_index("ix_alerts_expires", "alerts", ["expires_at"])
    op.create_table(
        "alerted_jobs",
        sa.Column("search_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_searches.id"],
            name=op.f("fk_alerted_jobs_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_alerted_jobs_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("search_id", "job_id", name=op.f("pk_alerted_jobs")),
    )
    op.create_index("ix_alerted_jobs_job", "alerted_jobs", ["job_id"])
    op.create_table(
        "alert_rounds",
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("from_batch", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("to_batch", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("after_key", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("after_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _moment("started_at", nullable=True),
        sa.CheckConstraint(
            "frequency IN ('instant', 'daily', 'weekly', 'never')",
            name=op.f("ck_alert_rounds_frequency"),
        ),
        sa.PrimaryKeyConstraint("frequency", name=op.f("pk_alert_rounds")),
    )
    op.create_table(
        "job_arrivals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        _moment("arrived_at", "clock_timestamp()"),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_arrivals_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_arrivals")),
    )
    op.create_index("ix_job_arrivals_batch", "job_arrivals", ["batch", "job_id"])
    op.create_index("ix_job_arrivals_job", "job_arrivals", ["job_id"])


def downgrade() -> None:
    for table in ("job_arrivals", "alert_rounds", "alerted_jobs", "alerts", "saved_searches"):
        op.drop_table(table)
