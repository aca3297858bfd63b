"""The words of every sixteenth and every 128th job: among these common words are counted."""

from alembic import op

revision = "0030"
down_revision = "0029"

_TAGS = (
    "job_tags(pub_day, employment_type, experience_level, is_remote, country, category_id,"
    " company_id)"
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for share in (16, 128):
            op.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_job_search_sample_{share}"
                f" ON job_search USING gin (doc, {_TAGS})"
                f" WHERE (hashint8(job_id) & {share - 1}) = 0"
            )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for share in (16, 128):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_job_search_sample_{share}")
