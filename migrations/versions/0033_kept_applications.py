"""Applications that name their person, by their last move: what the retention reads."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_applications_named"
            " ON applications (status_changed_at) WHERE redacted_at IS NULL"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_applications_closed")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_applications_closed"
            " ON applications (status_changed_at)"
            " WHERE redacted_at IS NULL AND status IN ('hired', 'rejected', 'withdrawn')"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_applications_named")
