"""Columns that many tables share, so that ids, times and versions are spelled once."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, FetchedValue, Identity, Integer, func, text
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column


def id_column() -> MappedColumn[int]:
    """A 64-bit identity; ids are never reused."""
    return mapped_column(BigInteger, Identity(), primary_key=True)


def created_column() -> MappedColumn[datetime]:
    """When the row was made, by the database's clock."""
    return mapped_column(DateTime(timezone=True), server_default=func.now())


def time_column(**options: Any) -> MappedColumn[Any]:
    """A moment, always with its zone."""
    return mapped_column(DateTime(timezone=True), **options)


class Versioned:
    """`version` and `updated_at`, raised by a trigger on any change, whoever writes."""

    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's own protocol

    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), server_onupdate=FetchedValue()
    )
    version: Mapped[int] = mapped_column(
        Integer, server_default=text("1"), server_onupdate=FetchedValue()
    )
