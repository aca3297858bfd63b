"""Jobs lock their company before the read model, also when they leave it."""

from alembic import op

revision = "0013"
down_revision = "0012"

# A rename holds its company and then writes the read model. Taking the two in the same order
# rules out a deadlock, and a rename that writes back a job that is being paused meanwhile.
UPDATED = """
CREATE OR REPLACE FUNCTION jobs_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO job_log (job_id, company_id, from_status, to_status, at, by_id, reason)
    SELECT n.id, n.company_id, o.status, n.status, n.status_changed_at, n.status_changed_by_id,
           n.status_reason
    FROM new_rows n JOIN old_rows o USING (id) WHERE n.status <> o.status ORDER BY n.id;
  PERFORM 1 FROM companies WHERE id IN (
      SELECT n.company_id FROM new_rows n JOIN old_rows o USING (id)
      WHERE 'published' IN (n.status, o.status))
    ORDER BY id FOR KEY SHARE;
  DELETE FROM job_search s USING new_rows n, old_rows o
    WHERE o.id = n.id AND s.job_id = n.id AND o.status = 'published' AND n.status <> 'published';
  UPDATE job_search s
    SET is_featured = n.is_featured, expires_at = n.expires_at
    FROM new_rows n JOIN old_rows o USING (id)
    WHERE s.job_id = n.id AND n.status = 'published' AND o.status = 'published'
      AND (n.is_featured, n.expires_at) IS DISTINCT FROM (o.is_featured, o.expires_at);
  PERFORM job_search_write(array(
    SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
    WHERE n.status = 'published' AND (
      o.status, o.title, o.description, o.requirements, o.responsibilities, o.benefits, o.skills,
      o.city, o.region, o.country, o.is_remote, o.category_id, o.employment_type,
      o.experience_level, o.salary_min, o.salary_max, o.salary_currency, o.salary_period,
      o.salary_is_visible, o.published_at, o.company_id
    ) IS DISTINCT FROM (
      n.status, n.title, n.description, n.requirements, n.responsibilities, n.benefits, n.skills,
      n.city, n.region, n.country, n.is_remote, n.category_id, n.employment_type,
      n.experience_level, n.salary_min, n.salary_max, n.salary_currency, n.salary_period,
      n.salary_is_visible, n.published_at, n.company_id)));
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(UPDATED)


def downgrade() -> None:
    """The function stays: what it replaces differs in its locks alone."""
