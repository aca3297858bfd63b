"""What keeps cached answers fresh: undelivered invalidations, and the versions of private data."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from src.database import Base
from src.models.columns import id_column, time_column


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class CacheOutbox(Base):
    """A tag whose cached answers a transaction made old; gone once the cache has been told.

    Written by the triggers of what answers are made of, in the transaction of the change.
    """

    __tablename__ = "cache_outbox"
    # What a transaction is about to commit.
    __table_args__ = (Index("ix_cache_outbox_txid", "txid"),)

    id: Mapped[int] = id_column()
    txid: Mapped[str] = mapped_column(TransactionId(), server_default=text("pg_current_xact_id()"))
    tag: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = time_column(server_default=func.clock_timestamp())


class DataVersion(Base):
    """How often the private data of a company or a person changed; part of their cache keys."""

    __tablename__ = "data_versions"
    # Updated at every change, and narrow: with room on its page an update touches no index.
    __table_args__ = ({"postgresql_with": {"fillfactor": "50"}},)

    # `company` before `user`: the order in which rows are locked.
    kind: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class DataChange(Base):
    """Whose private data a running transaction has changed; applied and removed as it commits."""

    __tablename__ = "data_changes"
    __table_args__ = (Index("ix_data_changes_txid", "txid"),)

    id: Mapped[int] = id_column()
    txid: Mapped[str] = mapped_column(TransactionId(), server_default=text("pg_current_xact_id()"))
    company_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    user_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
