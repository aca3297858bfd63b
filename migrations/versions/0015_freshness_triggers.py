"""Triggers that say which cached answers a change made old, whoever makes the change.

One statement trigger an event, since transition tables allow neither column lists nor several
events. Only what answers show is compared, so that a counter or a draft makes nothing public old.
Answers made of a job or a company carry its own tag; lists carry the tags of what they show:
`jobs`, `companies` (what others see of one), `company_list`, `categories`, `titles` (of jobs and
companies, ended ones too), `people` (names of staff). Private data is followed by its version.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

_BEGIN = """
CREATE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  {body}
  RETURN NULL;
END $$
"""
# What a list shows of a job or finds it by; the detail shows all, so it goes by the version.
_LISTED = (
    "status", "title", "description", "requirements", "responsibilities", "benefits", "skills",
    "city", "region", "country", "is_remote", "category_id", "employment_type",
    "experience_level", "salary_min", "salary_max", "salary_currency", "salary_period",
    "salary_is_visible", "is_featured", "published_at", "expires_at", "company_id",
)  # fmt: skip
# What a job shows of its company.
_BRAND = ("name", "slug", "logo_url", "is_verified", "status")


def _differ(names: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{side}.{name}" for name in names) for side in "on")
    return f"({old}) IS DISTINCT FROM ({new})"


_PAIRS = "new_rows n JOIN old_rows o USING (id)"

BODIES = {
    ("jobs", "inserted"): """
  IF EXISTS (SELECT FROM new_rows WHERE status = 'published') THEN
    PERFORM cache_touch('{jobs}' || company_tags(array(
      SELECT DISTINCT company_id FROM new_rows WHERE status = 'published')));
  END IF;
  PERFORM data_changed(array(SELECT DISTINCT company_id FROM new_rows), '{}');""",
    ("jobs", "updated"): f"""
  PERFORM cache_touch(
    CASE WHEN EXISTS (SELECT FROM {_PAIRS}
                      WHERE 'published' IN (o.status, n.status) AND {_differ(_LISTED)})
         THEN '{{jobs}}'::text[] END
    || CASE WHEN EXISTS (SELECT FROM {_PAIRS}
                         WHERE {_differ(("title", "company_id"))})
            THEN '{{titles}}'::text[] END
    || cache_tags('job', array(
         SELECT n.id::text FROM {_PAIRS}
         WHERE 'published' IN (o.status, n.status) AND o.version <> n.version), 'job_detail')
    || company_tags(array(
         SELECT DISTINCT unnest(ARRAY[o.company_id, n.company_id]) FROM {_PAIRS}
         WHERE 'published' IN (o.status, n.status)
           AND {_differ(("status", "expires_at", "company_id"))})));
  PERFORM data_changed(array(
    SELECT DISTINCT unnest(ARRAY[o.company_id, n.company_id]) FROM {_PAIRS}
    WHERE o.version <> n.version), '{{}}');""",
    ("jobs", "deleted"): """
  IF EXISTS (SELECT FROM old_rows WHERE status = 'published') THEN
    PERFORM cache_touch(
      '{jobs}'
      || cache_tags('job', array(SELECT id::text FROM old_rows WHERE status = 'published'),
                    'job_detail')
      || company_tags(array(SELECT DISTINCT company_id FROM old_rows WHERE status = 'published')));
  END IF;
  PERFORM data_changed(array(SELECT DISTINCT company_id FROM old_rows), '{}');""",
    ("companies", "inserted"): """
  PERFORM cache_touch(CASE WHEN EXISTS (SELECT FROM new_rows) THEN '{company_list}'::text[] END);""",
    ("companies", "updated"): f"""
  PERFORM cache_touch(
    cache_tags('company', array(
      SELECT DISTINCT unnest(ARRAY[n.id::text, o.slug, n.slug]) FROM {_PAIRS}
      WHERE o.version <> n.version), 'company_profile')
    || CASE WHEN EXISTS (SELECT FROM {_PAIRS} WHERE o.version <> n.version)
            THEN '{{company_list}}'::text[] END
    || CASE WHEN EXISTS (SELECT FROM {_PAIRS} WHERE {_differ(_BRAND)})
            THEN '{{companies}}'::text[] END
    || CASE WHEN EXISTS (SELECT FROM {_PAIRS} WHERE o.name <> n.name)
            THEN '{{titles}}'::text[] END);
  PERFORM data_changed(array(SELECT id FROM {_PAIRS} WHERE o.version <> n.version), '{{}}');""",
    ("companies", "deleted"): """
  IF EXISTS (SELECT FROM old_rows) THEN
    PERFORM cache_touch('{companies,company_list,titles}' || cache_tags('company', array(
      SELECT unnest(ARRAY[id::text, slug]) FROM old_rows), 'company_profile'));
  END IF;""",
    ("categories", "inserted"): """
  PERFORM cache_touch(CASE WHEN EXISTS (SELECT FROM new_rows) THEN '{categories}'::text[] END);""",
    ("categories", "updated"): f"""
  PERFORM cache_touch(CASE WHEN EXISTS (
    SELECT FROM {_PAIRS} WHERE {_differ(("name", "slug", "parent_id", "position"))})
    THEN '{{categories}}'::text[] END);""",
    ("categories", "deleted"): """
  PERFORM cache_touch(CASE WHEN EXISTS (SELECT FROM old_rows) THEN '{categories}'::text[] END);""",
    ("applications", "inserted"): """
  PERFORM data_changed(array(SELECT DISTINCT company_id FROM new_rows),
                       array(SELECT DISTINCT candidate_id FROM new_rows));""",
    ("applications", "updated"): f"""
  PERFORM data_changed(
    array(SELECT DISTINCT n.company_id FROM {_PAIRS} WHERE o.* IS DISTINCT FROM n.*),
    array(SELECT DISTINCT n.candidate_id FROM {_PAIRS} WHERE o.* IS DISTINCT FROM n.*));""",
    ("applications", "deleted"): """
  PERFORM data_changed(array(SELECT DISTINCT company_id FROM old_rows),
                       array(SELECT DISTINCT candidate_id FROM old_rows));""",
    ("notes", "inserted"): """
  PERFORM data_changed(array(SELECT DISTINCT a.company_id FROM new_rows n
                             JOIN applications a ON a.id = n.application_id), '{}');""",
    ("notes", "deleted"): """
  PERFORM data_changed(array(SELECT DISTINCT a.company_id FROM old_rows o
                             JOIN applications a ON a.id = o.application_id), '{}');""",
    ("job_counters", "updated"): """
  PERFORM data_changed(array(
    SELECT DISTINCT unnest(ARRAY[o.company_id, n.company_id]) FROM new_rows n
    JOIN old_rows o USING (job_id) WHERE o.* IS DISTINCT FROM n.*), '{}');""",
    # A company sees the names of who applied, and of who acted for it.
    ("users", "updated"): f"""
  PERFORM data_changed(array(
    SELECT a.company_id FROM {_PAIRS} JOIN applications a ON a.candidate_id = n.id
    WHERE {_differ(("first_name", "last_name", "email"))}
    UNION SELECT m.company_id FROM {_PAIRS} JOIN memberships m ON m.user_id = n.id
    WHERE {_differ(("first_name", "last_name"))}), '{{}}');
  PERFORM cache_touch(CASE WHEN EXISTS (
    SELECT FROM {_PAIRS} WHERE n.role <> 'candidate' AND {_differ(("first_name", "last_name"))})
    THEN '{{people}}'::text[] END);""",
}
# What searches are planned by and salaries compared by: a change may order any list anew.
for _table in ("lexemes", "currencies", "countries"):
    for _event, _rows in (("inserted", "new"), ("updated", "new"), ("deleted", "old")):
        BODIES[_table, _event] = f"""
  PERFORM cache_touch(CASE WHEN EXISTS (SELECT FROM {_rows}_rows) THEN '{{jobs}}'::text[] END);"""

_REFERENCING = {
    "inserted": "AFTER INSERT ON {} REFERENCING NEW TABLE AS new_rows",
    "updated": "AFTER UPDATE ON {} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "deleted": "AFTER DELETE ON {} REFERENCING OLD TABLE AS old_rows",
}
TABLES = sorted({table for table, _ in BODIES})


def upgrade() -> None:
    op.execute(
        _BEGIN.replace("{name}", "cache_truncated").replace(
            "{body}", "PERFORM cache_touch('{all}');"
        )
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER fresh_truncated AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION cache_truncated()"
        )
    for (table, event), body in BODIES.items():
        name = f"{table}_{event}_fresh"
        op.execute(_BEGIN.replace("{name}", name).replace("{body}", body.strip()))
        op.execute(
            f"CREATE TRIGGER fresh_{event} {_REFERENCING[event].format(table)}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    for table, event in BODIES:
        op.execute(f"DROP TRIGGER fresh_{event} ON {table}")
        op.execute(f"DROP FUNCTION {table}_{event}_fresh")
    for table in TABLES:
        op.execute(f"DROP TRIGGER fresh_truncated ON {table}")
    op.execute("DROP FUNCTION cache_truncated")
