"""Companies, who acts for them, who is invited, and what they offer."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from src.caller import MemberRole
from src.database import Base
from src.models.columns import Versioned, created_column, id_column, time_column
from src.models.vocabulary import CompanyStatus, one_of

COMPANY_WORDS = "company_words(name, industry, description)"


class Company(Versioned, Base):
    """A company that publishes jobs."""

    __tablename__ = "companies"
    __table_args__ = (
        UniqueConstraint("slug", info={"field": "slug", "says": "This slug is taken."}),
        # An imported company is found again by its normalised name; one made by a person has none.
        UniqueConstraint("import_key"),
        CheckConstraint("slug ~ '[a-z]'", name="slug_has_letter"),
        CheckConstraint(one_of("status", CompanyStatus), name="status"),
        CheckConstraint("founded_year BETWEEN 1000 AND 2200", name="founded_year"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        # GET /companies: by name and newest first, of the active ones.
        Index(
            "ix_companies_name",
            text("lower(name)"),
            "id",
            postgresql_where=text("status = 'active'"),
        ),
        Index(
            "ix_companies_newest",
            text("created_at DESC"),
            text("id DESC"),
            postgresql_where=text("status = 'active'"),
        ),
        # GET /companies?industry=, by name.
        Index(
            "ix_companies_industry",
            text("lower(industry)"),
            text("lower(name)"),
            "id",
            postgresql_where=text("status = 'active'"),
        ),
        # GET /companies?q=.
        Index("ix_companies_words", text(COMPANY_WORDS), postgresql_using="gin"),
    )

    id: Mapped[int] = id_column()
    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    import_key: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    industry: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    logo_url: Mapped[str | None] = mapped_column(Text)
    size: Mapped[str | None] = mapped_column(Text)
    founded_year: Mapped[int | None] = mapped_column(SmallInteger)
    city: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    is_verified: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'active'"))
    created_at: Mapped[datetime] = created_column()


class Membership(Base):
    """A person acting for a company."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(one_of("role", MemberRole), name="role"),
        # The companies of a caller, read with every authenticated request.
        Index("ix_memberships_user", "user_id"),
    )

    company_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[datetime] = created_column()


class Invitation(Base):
    """An offer of membership to an address; its accept token is signed, not stored."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(one_of("role", MemberRole), name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index(
            "uq_invitations_open",
            "company_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at IS NULL"),
            info={"field": "email", "says": "This address is already invited."},
        ),
        # GET /me/invitations.
        Index("ix_invitations_email", "email"),
    )

    id: Mapped[int] = id_column()
    company_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("companies.id", ondelete="CASCADE")
    )
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    invited_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = created_column()
    expires_at: Mapped[datetime] = time_column()
    accepted_at: Mapped[datetime | None] = time_column()


class Benefit(Base):
    """Something a company offers to those who work there."""

    __tablename__ = "benefits"
    __table_args__ = (
        UniqueConstraint(
            "company_id", "name", info={"field": "name", "says": "This benefit is already listed."}
        ),
    )

    id: Mapped[int] = id_column()
    company_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("companies.id", ondelete="CASCADE")
    )
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime] = created_column()
