"""The search read model and the document frequencies of its words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

# Tags share the index with the words; each kind has its own range of numbers.
TAGS = """
CREATE FUNCTION job_tags(pub_day int, employment_type int2, experience_level int2,
                         is_remote bool, country text, category_id bigint, company_id bigint)
RETURNS int[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY[
    pub_day,
    100000 + pub_day / 7,
    200000 + pub_day / 28,
    300000 + coalesce(employment_type, 0),
    310000 + coalesce(experience_level, 0),
    320000 + is_remote::int,
    400000 + coalesce(ascii(country) * 256 + ascii(substr(country, 2)), 0),
    500000 + (coalesce(category_id, 0) % 400000)::int,
    1000000 + (company_id % 1000000000)::int
  ]
$$
"""


def upgrade() -> None:
    op.execute(TAGS)
    op.create_table(
        "job_search",
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pub_day", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("employment_type", sa.SmallInteger(), nullable=True),
        sa.Column("experience_level", sa.SmallInteger(), nullable=True),
        sa.Column("is_remote", sa.Boolean(), nullable=False),
        sa.Column("is_featured", sa.Boolean(), nullable=False),
        sa.Column("country", sa.Text(collation="C"), nullable=True),
        sa.Column("salary_min_year", sa.BigInteger(), nullable=True),
        sa.Column("salary_max_year", sa.BigInteger(), nullable=True),
        sa.Column("head", postgresql.TSVECTOR(), nullable=False),
        sa.Column("doc", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_search_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_search")),
        postgresql_with={"toast_tuple_target": "256"},
    )
    op.execute("ALTER TABLE job_search ALTER head SET STORAGE MAIN, ALTER doc SET STORAGE EXTERNAL")
    op.create_index(
        "ix_job_search_company",
        "job_search",
        ["company_id", sa.literal_column("published_at DESC"), sa.literal_column("job_id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_job_search_doc",
        "job_search",
        [
            "doc",
            sa.literal_column(
                "job_tags(pub_day, employment_type, experience_level, is_remote, country, category_id, company_id)"
            ),
        ],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_job_search_featured",
        "job_search",
        [sa.literal_column("published_at DESC"), sa.literal_column("job_id DESC")],
        unique=False,
        postgresql_where=sa.text("is_featured"),
    )
    op.create_index(
        "ix_job_search_head",
        "job_search",
        [
            "head",
            sa.literal_column(
                "job_tags(pub_day, employment_type, experience_level, is_remote, country, category_id, company_id)"
            ),
        ],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_job_search_newest",
        "job_search",
        [sa.literal_column("published_at DESC"), sa.literal_column("job_id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_job_search_salary",
        "job_search",
        [sa.literal_column("coalesce(salary_max_year, -1) DESC"), sa.literal_column("job_id DESC")],
        unique=False,
    )
    op.create_table(
        "lexemes",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("in_doc", sa.Integer(), nullable=False),
        sa.Column("in_head", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_lexemes")),
    )


def downgrade() -> None:
    op.drop_table("lexemes")
    op.drop_table("job_search")
    op.execute("DROP FUNCTION job_tags")
