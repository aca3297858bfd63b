"""Tables of phrases and places that mark jobs, and of the words that spelling is held to."""

import sqlalchemy as sa
from alembic import context, op

from src.understanding import export

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    phrases = op.create_table(
        "search_phrases",
        sa.Column("phrase", sa.Text(collation="C"), nullable=False),
        sa.Column("marks", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("phrase", name=op.f("pk_search_phrases")),
    )
    places = op.create_table(
        "search_places",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("city", sa.Text(collation="C"), nullable=True),
        sa.Column("region", sa.Text(collation="C"), nullable=True),
        sa.Column("country", sa.Text(collation="C"), nullable=True),
        sa.Column("area", sa.Text(collation="C"), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_places")),
    )
    op.create_index("ix_search_places_name", "search_places", ["name"], unique=False)
    op.create_table(
        "search_words",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.Column("deletions", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_index(
        "ix_search_words_deletions",
        "search_words",
        ["deletions"],
        unique=False,
        postgresql_using="gin",
    )
    forms = op.create_table(
        "search_form",
        sa.Column("is_only", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("form", sa.SmallInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_search_form_is_only")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_search_form")),
    )
    op.add_column("job_search", sa.Column("form", sa.SmallInteger(), nullable=True))
    op.add_column("job_search", sa.Column("title_length", sa.SmallInteger(), nullable=True))
    if context.is_offline_mode():
        # The tables are filled by scripts.rebuild_search.
        op.execute("INSERT INTO search_form (form, fingerprint) VALUES (1, 'none')")
        return
    op.bulk_insert(phrases, export.phrase_rows())
    op.bulk_insert(places, export.place_rows())
    op.bulk_insert(forms, [{"form": 1, "fingerprint": export.fingerprint()}])


def downgrade() -> None:
    op.drop_column("job_search", "title_length")
    op.drop_column("job_search", "form")
    op.drop_table("search_form")
    op.drop_table("search_words")
    op.drop_table("search_places")
    op.drop_table("search_phrases")
