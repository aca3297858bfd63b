"""Triggers of jobs and companies: the state log, the counters and the search read model."""

from alembic import op

revision = "0009"
down_revision = "0008"

# Tokens that the parser would break or stemming would bend are spelled as words, the same way
# for texts and for queries; a space between Han and kana characters makes each a word.
SEARCH_TEXT = r"""
CREATE FUNCTION search_text(body text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE words text := lower(body);
BEGIN
  IF strpos(words, 'c++') > 0 THEN
    words := regexp_replace(words, '\mc\+\+', ' cplusplus ', 'g');
  END IF;
  IF strpos(words, '#') > 0 THEN
    words := regexp_replace(words, '\m([cf])#', ' \1sharp ', 'g');
  END IF;
  IF strpos(words, '.net') > 0 THEN
    words := regexp_replace(words, '(^|[^a-z0-9]|\masp)\.net\M', '\1 dotnet ', 'g');
  END IF;
  IF strpos(words, '.js') > 0 THEN
    words := regexp_replace(words, '\m([a-z0-9]+)\.js\M', ' \1 \1js ', 'g');
  END IF;
  IF words ~ '[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]' THEN
    words := regexp_replace(words, '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g');
  END IF;
  RETURN words;
END $$
"""

SEARCH_VECTOR = """
CREATE FUNCTION search_vector(body text, weight "char") RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('talentsphere', search_text(coalesce(body, ''))), weight)
$$
"""

# A place as a searcher writes it: every word of it must stand in the place of the job.
SEARCH_PLACE = """
CREATE FUNCTION search_place(place text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(
    quote_literal(replace(lexeme, '\\', '')) || ':' || 'C', ' & '), '')::tsquery
  FROM unnest(to_tsvector('talentsphere', search_text(place)))
$$
"""

YEARLY = """
CREATE FUNCTION yearly(amount numeric, period text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT round(amount * CASE period WHEN 'hour' THEN 2080 WHEN 'day' THEN 260
                                    WHEN 'week' THEN 52 WHEN 'month' THEN 12 ELSE 1 END)::bigint
$$
"""

# One writer of the read model, for triggers and for the rebuild. OFFSET 0 keeps the planner from
# computing the head twice. Texts beyond 200,000 characters would exceed a tsvector.
WRITE = """
CREATE FUNCTION job_search_write(job_ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO job_search AS s (
    job_id, published_at, expires_at, pub_day, company_id, category_id, employment_type,
    experience_level, is_remote, is_featured, country, salary_min_year, salary_max_year,
    head, doc)
  SELECT
    j.id, j.published_at, j.expires_at, floor(extract(epoch FROM j.published_at) / 86400)::int,
    j.company_id, j.category_id,
    array_position(
      '{full_time,part_time,contract,temporary,internship,volunteer}', j.employment_type),
    array_position('{entry,junior,mid,senior,lead,executive}', j.experience_level),
    j.is_remote, j.is_featured, j.country,
    CASE WHEN j.salary_is_visible
         THEN yearly(coalesce(j.salary_min, j.salary_max) * r.usd, j.salary_period) END,
    CASE WHEN j.salary_is_visible
         THEN yearly(coalesce(j.salary_max, j.salary_min) * r.usd, j.salary_period) END,
    h.head,
    h.head || search_vector(left(concat_ws(E'\\n', j.description, j.requirements,
                                           j.responsibilities, j.benefits), 200000), 'D')
  FROM jobs j
  JOIN companies c ON c.id = j.company_id
  LEFT JOIN countries n ON n.code = j.country
  LEFT JOIN currencies r ON r.code = j.salary_currency
  CROSS JOIN LATERAL (
    SELECT search_vector(j.title, 'A')
        || search_vector(concat_ws(' , ', c.name, array_to_string(j.skills, ' , ')), 'B')
        || search_vector(concat_ws(' , ', j.city, j.region, n.name, j.country,
                                   CASE WHEN j.is_remote THEN 'remote' END), 'C') AS head
    OFFSET 0
  ) h
  WHERE j.id = ANY (job_ids) AND j.status = 'published' AND c.status = 'active'
  ORDER BY j.id
  ON CONFLICT (job_id) DO UPDATE SET
    published_at = excluded.published_at, expires_at = excluded.expires_at,
    pub_day = excluded.pub_day, company_id = excluded.company_id,
    category_id = excluded.category_id, employment_type = excluded.employment_type,
    experience_level = excluded.experience_level, is_remote = excluded.is_remote,
    is_featured = excluded.is_featured, country = excluded.country,
    salary_min_year = excluded.salary_min_year, salary_max_year = excluded.salary_max_year,
    head = excluded.head, doc = excluded.doc
$$
"""

MOVED = """
CREATE FUNCTION job_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status_changed_at = OLD.status_changed_at THEN
    NEW.status_changed_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$
"""

# KEY SHARE waits for a rename or suspension that is under way, and makes the next one wait, so
# that no row of the read model is written with a name that has just changed; ordinary updates of
# the company do not conflict with it.
INSERTED = """
CREATE FUNCTION jobs_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO job_counters (job_id, company_id) SELECT id, company_id FROM new_rows ORDER BY id;
  INSERT INTO job_log (job_id, company_id, from_status, to_status, at, by_id, reason)
    SELECT id, company_id, NULL, status, status_changed_at,
           coalesce(status_changed_by_id, created_by_id), status_reason
    FROM new_rows ORDER BY id;
  PERFORM 1 FROM companies WHERE id IN (SELECT company_id FROM new_rows)
    ORDER BY id FOR KEY SHARE;
  PERFORM job_search_write(array(SELECT id FROM new_rows WHERE status = 'published'));
  RETURN NULL;
END $$
"""

# A change of the flags or dates alone does not read the texts again.
UPDATED = """
CREATE FUNCTION jobs_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO job_log (job_id, company_id, from_status, to_status, at, by_id, reason)
    SELECT n.id, n.company_id, o.status, n.status, n.status_changed_at, n.status_changed_by_id,
           n.status_reason
    FROM new_rows n JOIN old_rows o USING (id) WHERE n.status <> o.status ORDER BY n.id;
  DELETE FROM job_search s USING new_rows n, old_rows o
    WHERE o.id = n.id AND s.job_id = n.id AND o.status = 'published' AND n.status <> 'published';
  UPDATE job_search s
    SET is_featured = n.is_featured, expires_at = n.expires_at
    FROM new_rows n JOIN old_rows o USING (id)
    WHERE s.job_id = n.id AND n.status = 'published' AND o.status = 'published'
      AND (n.is_featured, n.expires_at) IS DISTINCT FROM (o.is_featured, o.expires_at);
  PERFORM 1 FROM companies WHERE id IN (
      SELECT n.company_id FROM new_rows n WHERE n.status = 'published')
    ORDER BY id FOR KEY SHARE;
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

COMPANY_LOCKED = """
CREATE FUNCTION company_renamed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM companies WHERE id = OLD.id FOR UPDATE;
  RETURN NEW;
END $$
"""

COMPANIES_UPDATED = """
CREATE FUNCTION companies_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM job_search WHERE company_id IN (
    SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
    WHERE o.status = 'active' AND n.status <> 'active');
  PERFORM job_search_write(array(
    SELECT j.id FROM jobs j JOIN new_rows n ON n.id = j.company_id JOIN old_rows o ON o.id = n.id
    WHERE j.status = 'published' AND n.status = 'active'
      AND (n.name, n.status) IS DISTINCT FROM (o.name, o.status)));
  RETURN NULL;
END $$
"""

TRIGGERS = (
    "CREATE TRIGGER moved BEFORE UPDATE ON jobs FOR EACH ROW"
    " WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION job_moved()",
    "CREATE TRIGGER inserted AFTER INSERT ON jobs REFERENCING NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION jobs_inserted()",
    "CREATE TRIGGER updated AFTER UPDATE ON jobs"
    " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION jobs_updated()",
    "CREATE TRIGGER renamed BEFORE UPDATE ON companies FOR EACH ROW"
    " WHEN (OLD.name <> NEW.name OR OLD.status <> NEW.status) EXECUTE FUNCTION company_renamed()",
    "CREATE TRIGGER updated AFTER UPDATE ON companies"
    " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION companies_updated()",
)


def upgrade() -> None:
    for function in (
        SEARCH_TEXT,
        SEARCH_VECTOR,
        SEARCH_PLACE,
        YEARLY,
        WRITE,
        MOVED,
        INSERTED,
        UPDATED,
    ):
        op.execute(function)
    op.execute(COMPANY_LOCKED)
    op.execute(COMPANIES_UPDATED)
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    op.execute("DROP TRIGGER updated ON companies")
    op.execute("DROP TRIGGER renamed ON companies")
    for name in ("updated", "inserted", "moved"):
        op.execute(f"DROP TRIGGER {name} ON jobs")
    op.execute(
        "DROP FUNCTION companies_updated, company_renamed, jobs_updated, jobs_inserted, job_moved,"
        " job_search_write, yearly, search_place, search_vector, search_text"
    )
