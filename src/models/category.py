"""The tree of job categories, the names of countries, and what currencies are worth."""

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.models.columns import id_column


class Category(Base):
    """A node of the tree; a job filed under a child is found under its parents too."""

    __tablename__ = "categories"
    __table_args__ = (
        UniqueConstraint("slug", info={"field": "slug", "says": "This slug is taken."}),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        # Deleting a category looks for its children.
        Index("ix_categories_parent", "parent_id"),
    )

    id: Mapped[int] = id_column()
    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("categories.id", ondelete="RESTRICT")
    )
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class Country(Base):
    """The English name of a country, so that a search for it finds the jobs filed by code."""

    __tablename__ = "countries"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class Currency(Base):
    """What one unit was worth in US dollars on a day: salaries are compared by it.

    Approximate and replaceable: update the table, then run scripts/rebuild_search.py.
    """

    __tablename__ = "currencies"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    usd: Mapped[Decimal] = mapped_column(Numeric(16, 8))
    as_of: Mapped[date] = mapped_column(Date)
