"""Applications, the log of their stages, notes, interviews, and their rollups."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.models.columns import Versioned, created_column, id_column, time_column
from src.models.lifecycle import ApplicationStatus
from src.models.vocabulary import InterviewMode, InterviewStatus, one_of


class Application(Versioned, Base):
    """A candidate's application for a job.

    `furthest_stage`, `first_response_at` and `hired_at` are kept by a trigger from the moves of
    `status`, so that the dashboard never has to walk the log.
    """

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint(
            "job_id", "candidate_id", info={"says": "You have already applied for this job."}
        ),
        ForeignKeyConstraint(["job_id", "company_id"], ["jobs.id", "jobs.company_id"]),
        CheckConstraint(one_of("status", ApplicationStatus), name="status"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("length(cover_letter) <= 20000", name="cover_letter_length"),
        CheckConstraint("furthest_stage BETWEEN 0 AND 5", name="furthest_stage"),
        # GET /employer/applications and the dashboard's newest ten and last seven days.
        # Those that are read alone carry the candidate, for whom row-level security asks.
        Index(
            "ix_applications_company",
            "company_id",
            text("submitted_at DESC"),
            text("id DESC"),
            postgresql_include=["candidate_id"],
        ),
        Index(
            "ix_applications_company_status",
            "company_id",
            "status",
            text("submitted_at DESC"),
            text("id DESC"),
        ),
        # GET /employer/applications by rating.
        Index(
            "ix_applications_company_rating",
            "company_id",
            text("coalesce(rating, 0) DESC"),
            text("id DESC"),
        ),
        # GET /jobs/{id}/applications, with and without a status.
        Index("ix_applications_job", "job_id", text("submitted_at DESC"), text("id DESC")),
        Index(
            "ix_applications_job_status",
            "job_id",
            "status",
            text("submitted_at DESC"),
            text("id DESC"),
        ),
        # GET /me/applications.
        Index(
            "ix_applications_candidate", "candidate_id", text("submitted_at DESC"), text("id DESC")
        ),
        # The dashboard's medians over the newest 1,000 first responses and hires.
        Index(
            "ix_applications_responded",
            "company_id",
            text("first_response_at DESC"),
            postgresql_where=text("first_response_at IS NOT NULL"),
            postgresql_include=["submitted_at", "candidate_id"],
        ),
        Index(
            "ix_applications_hired",
            "company_id",
            text("hired_at DESC"),
            postgresql_where=text("hired_at IS NOT NULL"),
            postgresql_include=["submitted_at", "candidate_id"],
        ),
        # What the retention takes the person out of.
        Index(
            "ix_applications_named",
            "status_changed_at",
            postgresql_where=text("redacted_at IS NULL"),
        ),
    )

    id: Mapped[int] = id_column()
    job_id: Mapped[int] = mapped_column(BigInteger)
    company_id: Mapped[int] = mapped_column(BigInteger)
    candidate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'submitted'"))
    # Who moved it to its status, and why; the log copies them.
    status_changed_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    status_reason: Mapped[str | None] = mapped_column(Text)
    # The moment of the move: the database's clock, unless the writer states one.
    status_changed_at: Mapped[datetime] = time_column(
        server_default=text("now()"), server_onupdate=FetchedValue()
    )
    cover_letter: Mapped[str | None] = mapped_column(Text)
    resume_url: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    submitted_at: Mapped[datetime] = created_column()
    furthest_stage: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("0"), server_onupdate=FetchedValue()
    )
    first_response_at: Mapped[datetime | None] = time_column(server_onupdate=FetchedValue())
    hired_at: Mapped[datetime | None] = time_column(server_onupdate=FetchedValue())
    # When the person was taken out of it; the company is shown a number since.
    redacted_at: Mapped[datetime | None] = time_column()


class ApplicationLog(Base):
    """Append-only: one row for each status an application took. Written by a trigger."""

    __tablename__ = "application_log"
    __table_args__ = (
        # GET /applications/{id}/history.
        Index("ix_application_log_application", "application_id", "id"),
        # GET /companies/{id}/activity.
        Index("ix_application_log_company", "company_id", text("at DESC"), text("id DESC")),
    )

    id: Mapped[int] = id_column()
    application_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("applications.id", ondelete="CASCADE")
    )
    company_id: Mapped[int] = mapped_column(BigInteger)
    from_status: Mapped[str | None] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = created_column()
    by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    reason: Mapped[str | None] = mapped_column(Text)


class Note(Base):
    """What the company writes about an application; never shown to the candidate."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_application", "application_id", "id"),)

    id: Mapped[int] = id_column()
    application_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("applications.id", ondelete="CASCADE")
    )
    author_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = created_column()


class Interview(Base):
    """A meeting about an application."""

    __tablename__ = "interviews"
    __table_args__ = (
        CheckConstraint(one_of("mode", InterviewMode), name="mode"),
        CheckConstraint(one_of("status", InterviewStatus), name="status"),
        CheckConstraint(
            "ends_at > starts_at",
            name="ends_after_start",
            info={"field": "ends_at", "says": "Must be after starts_at."},
        ),
        # GET /applications/{id}/interviews.
        Index("ix_interviews_application", "application_id", "starts_at"),
    )

    id: Mapped[int] = id_column()
    application_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("applications.id", ondelete="CASCADE")
    )
    starts_at: Mapped[datetime] = time_column()
    ends_at: Mapped[datetime] = time_column()
    mode: Mapped[str] = mapped_column(Text)
    location: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default=text("'scheduled'"))
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = created_column()


class ApplicationCount(Base):
    """Rollup, kept by trigger: how many applications of a company stand where."""

    __tablename__ = "application_counts"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)

    company_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[str] = mapped_column(Text, primary_key=True)
    furthest_stage: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    has_response: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    applications: Mapped[int] = mapped_column(Integer)


class CompanyDay(Base):
    """Rollup, kept by trigger and by the view counter: one row a company and UTC day."""

    __tablename__ = "company_days"
    __table_args__ = ({"postgresql_with": {"fillfactor": "80"}},)

    company_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    views: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    applications: Mapped[int] = mapped_column(Integer, server_default=text("0"))
