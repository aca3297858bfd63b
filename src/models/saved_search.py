"""Saved searches, and how their owners are told of new jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.models.columns import Versioned, created_column, id_column, time_column
from src.models.vocabulary import AlertFrequency, one_of


class SavedSearch(Versioned, Base):
    """A candidate's search: parameters of GET /jobs, those alone that differ from the defaults."""

    __tablename__ = "saved_searches"
    __table_args__ = (
        CheckConstraint(one_of("frequency", AlertFrequency), name="frequency"),
        # GET /me/saved-searches, newest first.
        Index("ix_saved_searches_newest", "user_id", text("created_at DESC"), text("id DESC")),
        # A round goes through those of its frequency; equal searches lie side by side.
        Index(
            "ix_saved_searches_round",
            "frequency",
            text("md5(query::text)"),
            "id",
            postgresql_where=text("frequency <> 'never'"),
        ),
    )

    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[dict[str, Any]] = mapped_column(JSONB)
    frequency: Mapped[str] = mapped_column(Text)
    # Jobs that arrived before are none to be told of.
    alerts_from: Mapped[datetime] = time_column(server_default=func.now())
    created_at: Mapped[datetime] = created_column()


class Alert(Base):
    """One mail: the best of what is new for a search in a round."""

    __tablename__ = "alerts"
    __table_args__ = (
        # The foreign key's own look-up.
        Index("ix_alerts_search", "search_id"),
        # The hourly removal of old ones.
        Index("ix_alerts_expires", "expires_at"),
    )

    id: Mapped[int] = id_column()
    search_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("saved_searches.id", ondelete="CASCADE")
    )
    job_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    # How many jobs the search is to be told of, the mentioned ones among them.
    total: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = created_column()
    expires_at: Mapped[datetime] = time_column(server_default=text("now() + interval '30 days'"))
    # Set before the mail is handed over, so that it is never handed over twice.
    sent_at: Mapped[datetime | None] = time_column()


class AlertedJob(Base):
    """A job that a search has been told of; there is no second row, hence no second time."""

    __tablename__ = "alerted_jobs"
    # The foreign key's own look-up.
    __table_args__ = (Index("ix_alerted_jobs_job", "job_id"),)

    search_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True
    )
    job_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )


class AlertRound(Base):
    """How far the searches of a frequency have been matched, and with which batches of jobs.

    Running while `from_batch` is below `to_batch`; the jobs of a round are those between.
    """

    __tablename__ = "alert_rounds"
    __table_args__ = (CheckConstraint(one_of("frequency", AlertFrequency), name="frequency"),)

    frequency: Mapped[str] = mapped_column(Text, primary_key=True)
    from_batch: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    to_batch: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    # The place of the last search that was matched.
    after_key: Mapped[str] = mapped_column(Text, server_default=text("''"))
    after_id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    started_at: Mapped[datetime | None] = time_column()


class JobArrival(Base):
    """A job that became public. Written by a trigger; a later transaction gives it its batch.

    So a batch is complete as soon as anybody sees it, however late an arrival was committed.
    """

    __tablename__ = "job_arrivals"
    __table_args__ = (
        # The jobs of a round.
        Index("ix_job_arrivals_batch", "batch", "job_id"),
        # The foreign key's own look-up.
        Index("ix_job_arrivals_job", "job_id"),
    )

    id: Mapped[int] = id_column()
    job_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"))
    arrived_at: Mapped[datetime] = time_column(server_default=func.clock_timestamp())
    batch: Mapped[int | None] = mapped_column(BigInteger)
