"""Triggers of applications and bookmarks: the log, the counters and the rollups."""

from alembic import op

revision = "0010"
down_revision = "0009"

# The derived columns follow from the moves alone: a writer cannot set them.
MOVED = """
CREATE FUNCTION application_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stage int := array_position(
    '{submitted,under_review,shortlisted,interviewed,offered,hired}', NEW.status) - 1;
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.furthest_stage := coalesce(stage, 0);
    NEW.first_response_at := CASE WHEN NEW.status NOT IN ('submitted', 'withdrawn')
                                  THEN NEW.status_changed_at END;
    NEW.hired_at := CASE WHEN NEW.status = 'hired' THEN NEW.status_changed_at END;
    RETURN NEW;
  END IF;
  NEW.furthest_stage := OLD.furthest_stage;
  NEW.first_response_at := OLD.first_response_at;
  NEW.hired_at := OLD.hired_at;
  IF NEW.status = OLD.status THEN
    RETURN NEW;
  END IF;
  IF NEW.status_changed_at = OLD.status_changed_at THEN
    NEW.status_changed_at := clock_timestamp();
  END IF;
  NEW.furthest_stage := greatest(OLD.furthest_stage, stage);
  IF NEW.status <> 'withdrawn' THEN
    NEW.first_response_at := coalesce(OLD.first_response_at, NEW.status_changed_at);
  END IF;
  IF NEW.status = 'hired' THEN
    NEW.hired_at := NEW.status_changed_at;
  END IF;
  RETURN NEW;
END $$
"""

# The body shared by the three events; rows are locked and written in one order, so that two
# statements over the same companies never wait for each other in a circle.
COUNT = """
CREATE FUNCTION count_applications(changes application_change[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO application_counts AS c
    (company_id, status, furthest_stage, has_response, applications)
  SELECT company_id, status, furthest_stage, has_response, sum(n)
    FROM unnest(changes) GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4
  ON CONFLICT (company_id, status, furthest_stage, has_response)
    DO UPDATE SET applications = c.applications + excluded.applications;
  INSERT INTO company_days AS d (company_id, day, applications)
  SELECT company_id, day, sum(n) FROM unnest(changes) GROUP BY 1, 2 HAVING sum(n) <> 0 ORDER BY 1, 2
  ON CONFLICT (company_id, day) DO UPDATE SET applications = d.applications + excluded.applications;
  PERFORM 1 FROM job_counters WHERE job_id IN (
      SELECT job_id FROM unnest(changes) GROUP BY job_id HAVING sum(n) <> 0)
    ORDER BY job_id FOR UPDATE;
  UPDATE job_counters c SET applications = c.applications + t.n
    FROM (SELECT job_id, sum(n) AS n FROM unnest(changes) GROUP BY 1 HAVING sum(n) <> 0) t
    WHERE c.job_id = t.job_id;
END $$
"""

CHANGE = """
CREATE TYPE application_change AS (
  company_id bigint, job_id bigint, day date, status text, furthest_stage int2,
  has_response bool, n int)
"""

_SIDE = (
    "SELECT company_id, job_id, (submitted_at AT TIME ZONE 'UTC')::date, status, furthest_stage,"
    " first_response_at IS NOT NULL, {n} FROM {rows}"
)
_GROUPED = (
    "array(SELECT ROW(x.company_id, x.job_id, x.day, x.status, x.furthest_stage, x.has_response,"
    " sum(x.n))::application_change FROM ({sides})"
    " x (company_id, job_id, day, status, furthest_stage, has_response, n)"
    " GROUP BY x.company_id, x.job_id, x.day, x.status, x.furthest_stage, x.has_response"
    " HAVING sum(x.n) <> 0)"
)
_NEW = _SIDE.format(n="1", rows="new_rows")
_OLD = _SIDE.format(n="-1", rows="old_rows")
_LOG = (
    "INSERT INTO application_log"
    " (application_id, company_id, from_status, to_status, at, by_id, reason)"
)


def after(event: str, log: str, sides: str) -> str:
    """The statement trigger of one event: a row in the log for each move, then the counts."""
    return f"""
CREATE FUNCTION applications_{event}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  {log}
  PERFORM count_applications({_GROUPED.format(sides=sides)});
  RETURN NULL;
END $$
"""


INSERTED = after(
    "inserted",
    f"{_LOG} SELECT id, company_id, NULL, status, status_changed_at,"
    " coalesce(status_changed_by_id, candidate_id), status_reason FROM new_rows ORDER BY id;",
    _NEW,
)
UPDATED = after(
    "updated",
    f"{_LOG} SELECT n.id, n.company_id, o.status, n.status, n.status_changed_at,"
    " n.status_changed_by_id, n.status_reason FROM new_rows n JOIN old_rows o USING (id)"
    " WHERE n.status <> o.status ORDER BY n.id;",
    f"{_NEW} UNION ALL {_OLD}",
)
DELETED = after("deleted", "", _OLD)

BOOKMARKED = """
CREATE FUNCTION bookmarks_{event}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM job_counters WHERE job_id IN (SELECT job_id FROM {rows})
    ORDER BY job_id FOR UPDATE;
  UPDATE job_counters c SET bookmarks = c.bookmarks + ({sign} t.n)
    FROM (SELECT job_id, count(*) AS n FROM {rows} GROUP BY 1) t WHERE c.job_id = t.job_id;
  RETURN NULL;
END $$
"""

# The one statement by which a worker hands in the views it has counted in memory.
VIEWS = """
CREATE FUNCTION count_views(job_ids bigint[], seen int[], on_day date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH views AS (SELECT job_id, n FROM unnest(job_ids, seen) AS v (job_id, n)),
  held AS MATERIALIZED (
    SELECT c.job_id FROM job_counters c JOIN views USING (job_id) ORDER BY c.job_id
    FOR UPDATE OF c),
  counted AS (
    UPDATE job_counters c SET views = c.views + v.n
    FROM views v JOIN held USING (job_id) WHERE c.job_id = v.job_id
    RETURNING c.company_id, v.n)
  INSERT INTO company_days AS d (company_id, day, views)
  SELECT company_id, on_day, sum(n) FROM counted GROUP BY 1 ORDER BY 1
  ON CONFLICT (company_id, day) DO UPDATE SET views = d.views + excluded.views
$$
"""

TRIGGERS = (
    "CREATE TRIGGER moved BEFORE INSERT OR UPDATE ON applications FOR EACH ROW"
    " EXECUTE FUNCTION application_moved()",
    "CREATE TRIGGER inserted AFTER INSERT ON applications REFERENCING NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION applications_inserted()",
    "CREATE TRIGGER updated AFTER UPDATE ON applications"
    " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION applications_updated()",
    "CREATE TRIGGER deleted AFTER DELETE ON applications REFERENCING OLD TABLE AS old_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION applications_deleted()",
    "CREATE TRIGGER inserted AFTER INSERT ON bookmarks REFERENCING NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION bookmarks_inserted()",
    "CREATE TRIGGER deleted AFTER DELETE ON bookmarks REFERENCING OLD TABLE AS old_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION bookmarks_deleted()",
)


def upgrade() -> None:
    for statement in (MOVED, CHANGE, COUNT, INSERTED, UPDATED, DELETED, VIEWS):
        op.execute(statement)
    op.execute(BOOKMARKED.format(event="inserted", rows="new_rows", sign="+"))
    op.execute(BOOKMARKED.format(event="deleted", rows="old_rows", sign="-"))
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    op.execute("DROP TRIGGER deleted ON bookmarks")
    op.execute("DROP TRIGGER inserted ON bookmarks")
    for name in ("deleted", "updated", "inserted", "moved"):
        op.execute(f"DROP TRIGGER {name} ON applications")
    op.execute(
        "DROP FUNCTION count_views, bookmarks_deleted, bookmarks_inserted, applications_deleted,"
        " applications_updated, applications_inserted, count_applications, application_moved"
    )
    op.execute("DROP TYPE application_change")
