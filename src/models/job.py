"""Jobs, the log of their states, and what people do with a job."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.models.columns import Versioned, created_column, id_column, time_column
from src.models.lifecycle import JobStatus
from src.models.vocabulary import (
    ApplyBy,
    EmploymentType,
    ExperienceLevel,
    ReportReason,
    SalaryPeriod,
    one_of,
)


class Job(Versioned, Base):
    """A posting: its texts are sanitised HTML, its money as the company wrote it."""

    __tablename__ = "jobs"
    __table_args__ = (
        # Lets an application carry its company and be held to the job's own.
        UniqueConstraint("id", "company_id"),
        UniqueConstraint(
            "company_id",
            "external_id",
            info={"field": "external_id", "says": "The company already has a job with this id."},
        ),
        CheckConstraint("length(title) BETWEEN 1 AND 300", name="title_length"),
        CheckConstraint("length(description) <= 200000", name="description_length"),
        CheckConstraint(one_of("status", JobStatus), name="status"),
        CheckConstraint(one_of("employment_type", EmploymentType), name="employment_type"),
        CheckConstraint(one_of("experience_level", ExperienceLevel), name="experience_level"),
        CheckConstraint(one_of("salary_period", SalaryPeriod), name="salary_period"),
        CheckConstraint(one_of("application_type", ApplyBy), name="application_type"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        CheckConstraint("salary_currency ~ '^[A-Z]{3}$'", name="salary_currency"),
        CheckConstraint("salary_min >= 0 AND salary_max >= 0", name="salary_not_negative"),
        CheckConstraint(
            "salary_min <= salary_max",
            name="salary_order",
            info={"field": "salary.max", "says": "Must not be below salary.min."},
        ),
        CheckConstraint(
            "(salary_min IS NULL AND salary_max IS NULL)"
            " OR (salary_currency IS NOT NULL AND salary_period IS NOT NULL)",
            name="salary_has_unit",
        ),
        CheckConstraint("cardinality(skills) <= 50", name="skills_count"),
        CheckConstraint(
            "application_type <> 'url' OR application_url IS NOT NULL", name="application_has_url"
        ),
        CheckConstraint(
            "application_type <> 'email' OR application_email IS NOT NULL",
            name="application_has_email",
        ),
        CheckConstraint(
            "status NOT IN ('published', 'paused', 'expired')"
            " OR (published_at IS NOT NULL AND expires_at IS NOT NULL)",
            name="published_has_dates",
        ),
        CheckConstraint("expires_at > published_at", name="expires_after_published"),
        # GET /employer/jobs, newest first; and the dashboard's counts by status and expiry.
        Index("ix_jobs_company_newest", "company_id", text("created_at DESC"), text("id DESC")),
        # Without deleted jobs, so that it alone answers for the dashboard.
        Index(
            "ix_jobs_company_status",
            "company_id",
            "status",
            "expires_at",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        # Deleting a category, and its jobs.
        Index("ix_jobs_category", "category_id", postgresql_where=text("category_id IS NOT NULL")),
        # The sweep that ends what has expired.
        Index("ix_jobs_expiry", "expires_at", postgresql_where=text("status = 'published'")),
        # The importer's recognition of repeats.
        Index(
            "ix_jobs_fingerprint", "fingerprint", postgresql_where=text("fingerprint IS NOT NULL")
        ),
    )

    id: Mapped[int] = id_column()
    company_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("companies.id"))
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    category_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("categories.id"))
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    requirements: Mapped[str | None] = mapped_column(Text)
    responsibilities: Mapped[str | None] = mapped_column(Text)
    benefits: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    is_remote: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    employment_type: Mapped[str | None] = mapped_column(Text)
    experience_level: Mapped[str | None] = mapped_column(Text)
    salary_min: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    salary_max: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    salary_currency: Mapped[str | None] = mapped_column(Text)
    salary_period: Mapped[str | None] = mapped_column(Text)
    salary_is_visible: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    application_type: Mapped[str] = mapped_column(Text, server_default=text("'internal'"))
    application_url: Mapped[str | None] = mapped_column(Text)
    application_email: Mapped[str | None] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(Text)
    # SHA-256 of company, title, location and text as imported.
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_featured: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'draft'"))
    # Who moved it to its status, and why; the state log copies them.
    status_changed_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    status_reason: Mapped[str | None] = mapped_column(Text)
    # The moment of the move: the database's clock, unless the writer states one.
    status_changed_at: Mapped[datetime] = time_column(
        server_default=text("now()"), server_onupdate=FetchedValue()
    )
    published_at: Mapped[datetime | None] = time_column()
    first_published_at: Mapped[datetime | None] = time_column()
    expires_at: Mapped[datetime | None] = time_column()
    # Set by an admin's takedown: such a job is never published again.
    taken_down_at: Mapped[datetime | None] = time_column()
    # A job that was public once is kept for its applicants when its company deletes it.
    deleted_at: Mapped[datetime | None] = time_column()
    created_at: Mapped[datetime] = created_column()


class JobLog(Base):
    """Append-only: one row for each status a job took. Written by a trigger."""

    __tablename__ = "job_log"
    # GET /companies/{id}/activity reads the newest of a company.
    __table_args__ = (
        Index("ix_job_log_company", "company_id", text("at DESC"), text("id DESC")),
        Index("ix_job_log_job", "job_id", "id"),
    )

    id: Mapped[int] = id_column()
    job_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(BigInteger)
    from_status: Mapped[str | None] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = created_column()
    by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    reason: Mapped[str | None] = mapped_column(Text)


class Bookmark(Base):
    """A candidate keeping a job."""

    __tablename__ = "bookmarks"
    __table_args__ = (
        # GET /me/bookmarks, newest first.
        Index("ix_bookmarks_newest", "user_id", text("created_at DESC"), text("job_id DESC")),
        # The foreign key's own look-up.
        Index("ix_bookmarks_job", "job_id"),
    )

    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    job_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: Mapped[datetime] = created_column()


class JobReport(Base):
    """Somebody telling the operators that a job is wrong."""

    __tablename__ = "job_reports"
    __table_args__ = (
        CheckConstraint(one_of("reason", ReportReason), name="reason"),
        Index("ix_job_reports_job", "job_id"),
    )

    id: Mapped[int] = id_column()
    job_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"))
    reporter_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    reason: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = created_column()


class JobCounters(Base):
    """What is counted about a job, apart from it, so that counting never changes its version."""

    __tablename__ = "job_counters"
    # The dashboard's best jobs.
    __table_args__ = (
        Index("ix_job_counters_company", "company_id"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    job_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    company_id: Mapped[int] = mapped_column(BigInteger)
    views: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    applications: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    bookmarks: Mapped[int] = mapped_column(Integer, server_default=text("0"))
