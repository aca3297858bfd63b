"""Two indexes that answer their queries alone: jobs by status, and the companies of an industry."""

from alembic import op

revision = "0016"
down_revision = "0015"

# A job that is deleted is not counted: without the condition the dashboard fetched every job of
# the company to see that. Companies are listed by name: from the industry alone they were sorted,
# or all companies were walked by name.
SHAPES = {
    "ix_jobs_company_status": (
        "jobs (company_id, status, expires_at) WHERE deleted_at IS NULL",
        "jobs (company_id, status, expires_at)",
    ),
    "ix_companies_industry": (
        "companies (lower(industry), lower(name), id) WHERE status = 'active'",
        "companies (lower(industry))",
    ),
}


def replace(name: str, shape: str) -> None:
    """Build beside the old one, which serves meanwhile; a failed attempt is cleared away first."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}_new")
        op.execute(f"CREATE INDEX CONCURRENTLY {name}_new ON {shape}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        # No client names an index.
        rename = f"ALTER INDEX {name}_new RENAME TO {name}"
        op.execute(f"-- squawk-ignore renaming-object\n{rename}")


def upgrade() -> None:
    for name, (shape, _) in SHAPES.items():
        replace(name, shape)


def downgrade() -> None:
    for name, (_, shape) in SHAPES.items():
        replace(name, shape)
