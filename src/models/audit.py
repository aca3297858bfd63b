"""Who saw which candidate: added to, and never changed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.models.columns import created_column, id_column
from src.models.vocabulary import AuditAction, one_of


class Audit(Base):
    """One request that showed applications of one company to one of its members.

    It refers to rows by number alone: it outlives them. The application's role may add rows, and
    reads them through the view `audit_asked`.
    """

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint(one_of("action", AuditAction), name="action"),
        # GET /audit: of a company, of a member, of all.
        Index("ix_audit_company", "company_id", text("at DESC"), text("id DESC")),
        Index("ix_audit_user", "user_id", text("at DESC"), text("id DESC")),
        Index("ix_audit_newest", text("at DESC"), text("id DESC")),
        # GET /audit?candidate_id=, and who saw one, in GET /auth/me/export.
        Index("ix_audit_candidates", "candidate_ids", postgresql_using="gin"),
    )

    id: Mapped[int] = id_column()
    at: Mapped[datetime] = created_column()
    company_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(Text)
    # Of the same length: an application and its candidate stand at the same place.
    application_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    candidate_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
