"""Indexes of lists that read a whole company, all accounts or all live jobs without them."""

from alembic import op

revision = "0026"
down_revision = "0025"

_NEW = (
    # GET /employer/applications?sort=rating: sorted all applications of the company.
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_applications_company_rating"
    " ON applications (company_id, (coalesce(rating, 0)) DESC, id DESC)",
    # GET /admin/users: sorted all accounts.
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_users_newest ON users (created_at DESC, id DESC)",
    # GET /jobs/stats and /job-categories: read all of the read model.
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_job_search_category ON job_search (category_id)"
    " INCLUDE (employment_type, experience_level, is_remote, published_at, expires_at)",
)
# Counting the live jobs of companies needs their ends: with these it reads no row.
_COMPANY = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_job_search_company_new"
    " ON job_search (company_id, published_at DESC, job_id DESC)"
)


def _replace_company_index(include: str) -> None:
    op.execute(f"{_COMPANY}{include}")
    op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_job_search_company")
    op.execute(
        "-- squawk-ignore renaming-object\n"
        "ALTER INDEX ix_job_search_company_new RENAME TO ix_job_search_company"
    )


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for index in _NEW:
            op.execute(index)
        _replace_company_index(" INCLUDE (expires_at)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _replace_company_index("")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_job_search_category")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_users_newest")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_applications_company_rating")
