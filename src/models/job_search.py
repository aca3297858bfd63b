"""The search read model: one narrow row a live job, kept by triggers, never written by hand."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.models.columns import time_column

# The tags of a row, in the same index as its words: intersecting both inside GIN is what keeps
# common words cheap (docs/search.md).
JOB_TAGS = (
    "job_tags(pub_day, employment_type, experience_level, is_remote, country, category_id,"
    " company_id)"
)

# Every so manieth job, by powers of two. What is common is counted among these: docs/adr/0011.
SAMPLES = (16, 128)


def in_sample(share: int) -> str:
    """The condition of such a sample; a hash, since ids can come in turns."""
    return f"(hashint8(job_id) & {share - 1}) = 0"


class JobSearch(Base):
    """A published job of an active company.

    `head` holds title (A), company and skills (B), place (C) and marks in line: `role=`, `city=`,
    `type=` and the like say what a job is, whatever it is called (migration 0018). `doc` adds the
    texts (D) and lies out of line, since it is read for phrases only.
    """

    __tablename__ = "job_search"
    __table_args__ = (
        # GET /jobs?q=: words and tags of the whole posting, and of its head alone.
        Index("ix_job_search_doc", "doc", text(JOB_TAGS), postgresql_using="gin"),
        Index("ix_job_search_head", "head", text(JOB_TAGS), postgresql_using="gin"),
        # The totals and facets of common words.
        *(
            Index(
                f"ix_job_search_sample_{share}",
                "doc",
                text(JOB_TAGS),
                postgresql_using="gin",
                postgresql_where=text(in_sample(share)),
            )
            for share in SAMPLES
        ),
        # GET /jobs without words: newest first.
        Index("ix_job_search_newest", text("published_at DESC"), text("job_id DESC")),
        # GET /companies/{id}/jobs, and counting the live jobs of companies from the index alone.
        Index(
            "ix_job_search_company",
            "company_id",
            text("published_at DESC"),
            text("job_id DESC"),
            postgresql_include=["expires_at"],
        ),
        # GET /jobs/stats and /job-categories, from the index alone: it is a tenth of the table.
        Index(
            "ix_job_search_category",
            "category_id",
            postgresql_include=[
                "employment_type",
                "experience_level",
                "is_remote",
                "published_at",
                "expires_at",
            ],
        ),
        # GET /jobs?sort=salary.
        Index(
            "ix_job_search_salary",
            text("coalesce(salary_max_year, -1) DESC"),
            text("job_id DESC"),
        ),
        # GET /jobs?near=: a few cities hold the jobs; those without one are not in it.
        Index(
            "ix_job_search_city",
            "city_id",
            text("published_at DESC"),
            text("job_id DESC"),
            postgresql_where=text("city_id IS NOT NULL"),
        ),
        # GET /jobs/featured.
        Index(
            "ix_job_search_featured",
            text("published_at DESC"),
            text("job_id DESC"),
            postgresql_where=text("is_featured"),
        ),
        {"postgresql_with": {"toast_tuple_target": "256"}},
    )

    job_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    published_at: Mapped[datetime] = time_column()
    expires_at: Mapped[datetime] = time_column()
    # Days since 1970, UTC.
    pub_day: Mapped[int] = mapped_column(Integer)
    company_id: Mapped[int] = mapped_column(BigInteger)
    category_id: Mapped[int | None] = mapped_column(BigInteger)
    # Places in the word lists of src/models/vocabulary.py, from 1.
    employment_type: Mapped[int | None] = mapped_column(SmallInteger)
    experience_level: Mapped[int | None] = mapped_column(SmallInteger)
    is_remote: Mapped[bool] = mapped_column(Boolean)
    is_featured: Mapped[bool] = mapped_column(Boolean)
    country: Mapped[str | None] = mapped_column(Text(collation="C"))
    # Of city_names, where the place of the job is known by name.
    city_id: Mapped[int | None] = mapped_column(Integer)
    # Visible salaries only, by the year, in US dollars by the table of currencies.
    salary_min_year: Mapped[int | None] = mapped_column(BigInteger)
    salary_max_year: Mapped[int | None] = mapped_column(BigInteger)
    # Which tables and functions it was written by: search_form has the present one.
    form: Mapped[int | None] = mapped_column(SmallInteger)
    # Words of the title, at most 100.
    title_length: Mapped[int | None] = mapped_column(SmallInteger)
    head: Mapped[str] = mapped_column(TSVECTOR)
    doc: Mapped[str] = mapped_column(TSVECTOR)


class Lexeme(Base):
    """In how many live jobs a word stands: what the query planner weighs words by."""

    __tablename__ = "lexemes"

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    in_doc: Mapped[int] = mapped_column(Integer)
    in_head: Mapped[int] = mapped_column(Integer)
