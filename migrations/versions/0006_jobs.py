"""Jobs, their state log, counters, bookmarks and reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("requirements", sa.Text(), nullable=True),
        sa.Column("responsibilities", sa.Text(), nullable=True),
        sa.Column("benefits", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("is_remote", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("employment_type", sa.Text(), nullable=True),
        sa.Column("experience_level", sa.Text(), nullable=True),
        sa.Column("salary_min", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("salary_max", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("salary_currency", sa.Text(), nullable=True),
        sa.Column("salary_period", sa.Text(), nullable=True),
        sa.Column(
            "salary_is_visible", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column(
            "skills", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "application_type", sa.Text(), server_default=sa.text("'internal'"), nullable=False
        ),
        sa.Column("application_url", sa.Text(), nullable=True),
        sa.Column("application_email", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("is_featured", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("status_changed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column(
            "status_changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "application_type <> 'email' OR application_email IS NOT NULL",
            name=op.f("ck_jobs_application_has_email"),
        ),
        sa.CheckConstraint(
            "application_type <> 'url' OR application_url IS NOT NULL",
            name=op.f("ck_jobs_application_has_url"),
        ),
        sa.CheckConstraint(
            "application_type IN ('internal', 'url', 'email')",
            name=op.f("ck_jobs_application_type"),
        ),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_jobs_country")),
        sa.CheckConstraint(
            "employment_type IN ('full_time', 'part_time', 'contract', 'temporary', 'internship', 'volunteer')",
            name=op.f("ck_jobs_employment_type"),
        ),
        sa.CheckConstraint(
            "experience_level IN ('entry', 'junior', 'mid', 'senior', 'lead', 'executive')",
            name=op.f("ck_jobs_experience_level"),
        ),
        sa.CheckConstraint("salary_currency ~ '^[A-Z]{3}$'", name=op.f("ck_jobs_salary_currency")),
        sa.CheckConstraint(
            "salary_period IN ('hour', 'day', 'week', 'month', 'year')",
            name=op.f("ck_jobs_salary_period"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'paused', 'closed', 'expired', 'archived')",
            name=op.f("ck_jobs_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('published', 'paused', 'expired') OR (published_at IS NOT NULL AND expires_at IS NOT NULL)",
            name=op.f("ck_jobs_published_has_dates"),
        ),
        sa.CheckConstraint(
            "(salary_min IS NULL AND salary_max IS NULL) OR (salary_currency IS NOT NULL AND salary_period IS NOT NULL)",
            name=op.f("ck_jobs_salary_has_unit"),
        ),
        sa.CheckConstraint("cardinality(skills) <= 50", name=op.f("ck_jobs_skills_count")),
        sa.CheckConstraint(
            "expires_at > published_at", name=op.f("ck_jobs_expires_after_published")
        ),
        sa.CheckConstraint(
            "length(description) <= 200000", name=op.f("ck_jobs_description_length")
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 300", name=op.f("ck_jobs_title_length")),
        sa.CheckConstraint("salary_min <= salary_max", name=op.f("ck_jobs_salary_order")),
        sa.CheckConstraint(
            "salary_min >= 0 AND salary_max >= 0", name=op.f("ck_jobs_salary_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_jobs_category_id_categories")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_jobs_company_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_jobs_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["status_changed_by_id"],
            ["users.id"],
            name=op.f("fk_jobs_status_changed_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint(
            "company_id", "external_id", name=op.f("uq_jobs_company_id_external_id")
        ),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_jobs_id_company_id")),
    )
    op.create_index(
        "ix_jobs_category",
        "jobs",
        ["category_id"],
        unique=False,
        postgresql_where=sa.text("category_id IS NOT NULL"),
    )
    op.create_index(
        "ix_jobs_company_newest",
        "jobs",
        ["company_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_jobs_company_status", "jobs", ["company_id", "status", "expires_at"], unique=False
    )
    op.create_index(
        "ix_jobs_expiry",
        "jobs",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index(
        "ix_jobs_fingerprint",
        "jobs",
        ["fingerprint"],
        unique=False,
        postgresql_where=sa.text("fingerprint IS NOT NULL"),
    )
    op.create_table(
        "job_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_job_log_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_log_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_log")),
    )
    op.create_index(
        "ix_job_log_company",
        "job_log",
        ["company_id", sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_job_log_job", "job_log", ["job_id", "id"], unique=False)
    op.create_table(
        "job_counters",
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("views", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("applications", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bookmarks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_counters_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_counters")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_job_counters_company", "job_counters", ["company_id"], unique=False)
    op.create_table(
        "bookmarks",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_bookmarks_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_bookmarks_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "job_id", name=op.f("pk_bookmarks")),
    )
    op.create_index("ix_bookmarks_job", "bookmarks", ["job_id"], unique=False)
    op.create_index(
        "ix_bookmarks_newest",
        "bookmarks",
        ["user_id", sa.literal_column("created_at DESC"), sa.literal_column("job_id DESC")],
        unique=False,
    )
    op.create_table(
        "job_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "reason IN ('spam', 'fraud', 'discrimination', 'wrong_details', 'closed', 'other')",
            name=op.f("ck_job_reports_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_reports_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["users.id"],
            name=op.f("fk_job_reports_reporter_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_reports")),
    )
    op.create_index("ix_job_reports_job", "job_reports", ["job_id"], unique=False)
    op.execute(
        "CREATE TRIGGER touch BEFORE UPDATE ON jobs FOR EACH ROW"
        " WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_row()"
    )


def downgrade() -> None:
    op.drop_table("job_reports")
    op.drop_table("bookmarks")
    op.drop_table("job_counters")
    op.drop_table("job_log")
    op.drop_table("jobs")
