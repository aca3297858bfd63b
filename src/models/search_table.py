"""What the triggers mark jobs by and spelling is held to; filled from shipped tables and titles."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Double,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
    true,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base


class SearchPhrase(Base):
    """A phrase of titles, and the marks of jobs whose titles have it."""

    __tablename__ = "search_phrases"

    phrase: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    marks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    # Only where it is all of a title.
    is_whole: Mapped[bool] = mapped_column(Boolean)


class SearchPlace(Base):
    """One reading of a name of a place."""

    __tablename__ = "search_places"
    # place_marks: what a name may stand for.
    __table_args__ = (Index("ix_search_places_name", "name"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(Text(collation="C"))
    city: Mapped[str | None] = mapped_column(Text(collation="C"))
    region: Mapped[str | None] = mapped_column(Text(collation="C"))
    country: Mapped[str | None] = mapped_column(Text(collation="C"))
    area: Mapped[str | None] = mapped_column(Text(collation="C"))
    # Thousands.
    people: Mapped[int] = mapped_column(Integer)


class CityName(Base):
    """A name of a city, and where the city is; as many rows a city as it has names."""

    __tablename__ = "city_names"
    # GET /jobs?near=: the cities in a box.
    __table_args__ = (Index("ix_city_names_position", "latitude", "longitude"),)

    name: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    # Of GeoNames.
    city_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    region: Mapped[str | None] = mapped_column(Text(collation="C"))
    country: Mapped[str] = mapped_column(Text(collation="C"))
    # Thousands.
    people: Mapped[int] = mapped_column(Integer)
    # Degrees.
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)


class SearchWord(Base):
    """A word of titles, companies, places and skills, and in how many live jobs it stands."""

    __tablename__ = "search_words"
    # Searches with a misspelt word: words that share a beginning but for two letters.
    __table_args__ = (Index("ix_search_words_deletions", "deletions", postgresql_using="gin"),)

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    jobs: Mapped[int] = mapped_column(Integer)
    deletions: Mapped[list[str]] = mapped_column(ARRAY(Text))


class SearchSuggestion(Base):
    """A title, company, place or skill by one of its words and what follows; how readily."""

    __tablename__ = "search_suggestions"
    __table_args__ = (
        # GET /jobs/suggest, from the index alone: the first two letters, the commonest first.
        Index(
            "ix_search_suggestions_best",
            "kind",
            text("left(key, 2)"),
            text("weight DESC"),
            postgresql_include=["key", "label"],
        ),
    )

    kind: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    label: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    weight: Mapped[int] = mapped_column(Integer)


class SearchForm(Base):
    """The one row that says which form of the read model is the present one."""

    __tablename__ = "search_form"
    __table_args__ = (CheckConstraint("is_only", name="is_only"),)

    is_only: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default=true())
    form: Mapped[int] = mapped_column(SmallInteger)
    # A digest of the shipped tables it was filled from.
    fingerprint: Mapped[str] = mapped_column(Text)
