"""People who sign in: their account, sessions, one-time tokens and API keys."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from src.caller import Role
from src.database import Base
from src.models.columns import Versioned, created_column, id_column, time_column
from src.models.vocabulary import TokenPurpose, one_of


class User(Versioned, Base):
    """An account. Its address is kept in lower case, so that the unique constraint is enough."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint(
            "email", info={"field": "email", "says": "This address is already registered."}
        ),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint(one_of("role", Role), name="role"),
        # A company's applications by the beginnings of a candidate's name or address.
        Index(
            "ix_users_words",
            text("user_words(first_name, last_name, email)"),
            postgresql_using="gin",
        ),
        # GET /admin/users: newest first, of all and of one role.
        Index("ix_users_newest", text("created_at DESC"), text("id DESC")),
        Index("ix_users_role_created", "role", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[int] = id_column()
    email: Mapped[str] = mapped_column(Text)
    # Null: nobody can sign in with a password (an erased or an invited account).
    password_hash: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    first_name: Mapped[str] = mapped_column(Text)
    last_name: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    email_verified_at: Mapped[datetime | None] = time_column()
    erased_at: Mapped[datetime | None] = time_column()
    created_at: Mapped[datetime] = created_column()


class Session(Base):
    """One sign-in. Only the SHA-256 of its token is kept; ending it deletes the row."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        # GET /auth/sessions, and ending them all at a change of password.
        Index("ix_sessions_user", "user_id"),
        # The hourly removal of what has expired.
        Index("ix_sessions_expires", "expires_at"),
    )

    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    user_agent: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = created_column()
    expires_at: Mapped[datetime] = time_column()


class OneTimeToken(Base):
    """A link sent by mail: it proves an address or resets a password, once."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint(one_of("purpose", TokenPurpose), name="purpose"),
        # A new link replaces the older ones of its purpose.
        Index("ix_one_time_tokens_user", "user_id", "purpose"),
    )

    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = created_column()
    expires_at: Mapped[datetime] = time_column()
    used_at: Mapped[datetime | None] = time_column()


class ApiKey(Base):
    """A key for programs: it acts as its owner, within its scopes."""

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("key_hash"),
        # GET /auth/api-keys.
        Index("ix_api_keys_user", "user_id"),
    )

    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = created_column()
    expires_at: Mapped[datetime | None] = time_column()
    revoked_at: Mapped[datetime | None] = time_column()
