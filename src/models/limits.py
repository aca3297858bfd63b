"""What must stay exact whatever the cache does: counted attempts and kept answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.models.columns import created_column, time_column


class RateWindow(Base):
    """How often a subject (an account, an address, a company) did a thing in one window."""

    __tablename__ = "rate_windows"
    # The hourly removal of closed windows.
    __table_args__ = (Index("ix_rate_windows_ends", "ends_at"),)

    scope: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    ends_at: Mapped[datetime] = time_column()


class IdempotencyKey(Base):
    """The first answer to a request with an Idempotency-Key, kept to be given again."""

    __tablename__ = "idempotency_keys"
    # The hourly removal of what is older than a day.
    __table_args__ = (Index("ix_idempotency_keys_expires", "expires_at"),)

    caller_key: Mapped[str] = mapped_column(Text, primary_key=True)
    method: Mapped[str] = mapped_column(Text, primary_key=True)
    path: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    # What the caller might do then; who has lost some of it is given no answer of that time.
    rights: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = created_column()
    expires_at: Mapped[datetime] = time_column()
