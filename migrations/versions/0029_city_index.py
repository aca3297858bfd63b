"""The jobs of cities, newest first: what a search by distance reads."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_job_search_city"
            " ON job_search (city_id, published_at DESC, job_id DESC) WHERE city_id IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_job_search_city")
