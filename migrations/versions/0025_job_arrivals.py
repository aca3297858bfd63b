"""Triggers that note which jobs became public, whoever writes them.

A publication and a repost are arrivals; a pause that ends is none, since its job was told of. One
statement trigger an event, and one row a job: what is done about it is done later, by others.
"""

from alembic import op

revision = "0025"
down_revision = "0024"

# A plan made for one row would be kept for a thousand, and a nested loop over both tables of rows
# takes their product.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
BEGIN
  INSERT INTO job_arrivals (job_id) {rows} ORDER BY n.id;
  RETURN NULL;
END $$
"""
_INSERTED = "SELECT n.id FROM new_rows n WHERE n.status = 'published'"
_UPDATED = """
  SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
  WHERE n.status = 'published' AND o.status <> 'published'
    AND (o.status = 'draft' OR o.published_at IS DISTINCT FROM n.published_at)"""


def upgrade() -> None:
    for name, rows in (("job_arrived", _INSERTED), ("job_arrived_again", _UPDATED)):
        op.execute(_FUNCTION.format(name=name, rows=rows))
    op.execute(
        "CREATE TRIGGER arrived AFTER INSERT ON jobs REFERENCING NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION job_arrived()"
    )
    op.execute(
        "CREATE TRIGGER arrived_again AFTER UPDATE ON jobs"
        " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION job_arrived_again()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER arrived_again ON jobs")
    op.execute("DROP TRIGGER arrived ON jobs")
    op.execute("DROP FUNCTION job_arrived_again, job_arrived")
