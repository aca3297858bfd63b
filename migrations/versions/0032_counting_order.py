"""Applications are counted in the order in which views are: the job's row, then the company's day.

Handing in views holds the job's row and waits for the day's; applying held the day's and waited for
the job's, so that both could wait for each other.
"""

from alembic import op

revision = "0032"
down_revision = "0031"

_LOCK = """
  PERFORM 1 FROM job_counters WHERE job_id IN (
      SELECT job_id FROM unnest(changes) GROUP BY job_id HAVING sum(n) <> 0)
    ORDER BY job_id FOR UPDATE;"""


def count_applications(*, early: str = "", late: str = "") -> str:
    """That of 0010, which takes the jobs' rows at its beginning or before it needs them."""
    return f"""
CREATE OR REPLACE FUNCTION count_applications(changes application_change[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN{early}
  INSERT INTO application_counts AS c
    (company_id, status, furthest_stage, has_response, applications)
  SELECT company_id, status, furthest_stage, has_response, sum(n)
    FROM unnest(changes) GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4
  ON CONFLICT (company_id, status, furthest_stage, has_response)
    DO UPDATE SET applications = c.applications + excluded.applications;
  INSERT INTO company_days AS d (company_id, day, applications)
  SELECT company_id, day, sum(n) FROM unnest(changes) GROUP BY 1, 2 HAVING sum(n) <> 0 ORDER BY 1, 2
  ON CONFLICT (company_id, day) DO UPDATE SET applications = d.applications + excluded.applications;{late}
  UPDATE job_counters c SET applications = c.applications + t.n
    FROM (SELECT job_id, sum(n) AS n FROM unnest(changes) GROUP BY 1 HAVING sum(n) <> 0) t
    WHERE c.job_id = t.job_id;
END $$
"""


def upgrade() -> None:
    op.execute(count_applications(early=_LOCK))


def downgrade() -> None:
    op.execute(count_applications(late=_LOCK))
