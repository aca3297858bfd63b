"""Where cities are, and in which of them each live job is: what a search by distance asks."""

import sqlalchemy as sa
from alembic import context, op

from src.understanding import export

revision = "0028"
down_revision = "0027"

EVENTS = {
    "inserted": ("INSERT", "NEW TABLE AS new_rows", "new_rows"),
    "updated": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", "new_rows"),
    "deleted": ("DELETE", "OLD TABLE AS old_rows", "old_rows"),
}

# The largest city of the name in the country, and in the state where that is known of both.
JOB_CITY = """
CREATE FUNCTION job_city(city text, region text, country text) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH given AS (
    SELECT array_to_string(array_remove(title_words(city), '|'), ' ') AS city,
           array_to_string(array_remove(title_words(region), '|'), ' ') AS region),
  states AS (
    SELECT p.region FROM given g JOIN search_places p ON p.name = g.region
    WHERE p.city IS NULL AND p.region IS NOT NULL
      AND (job_city.country IS NULL OR p.country = job_city.country)
    ORDER BY p.people DESC LIMIT 1)
  SELECT c.city_id FROM given g JOIN city_names c ON c.name = g.city
  WHERE (job_city.country IS NULL OR c.country = job_city.country)
    AND coalesce(c.region = (SELECT region FROM states), true)
  ORDER BY coalesce(c.region = (SELECT region FROM states), false) DESC, c.people DESC, c.city_id
  LIMIT 1
$$
"""

LOCATE = """
CREATE FUNCTION job_search_located() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT job_city(j.city, j.region, j.country) INTO NEW.city_id
    FROM jobs j WHERE j.id = NEW.job_id AND j.city IS NOT NULL;
  RETURN NEW;
END $$
"""

# Arrays: a row at a time took as long as all other migrations.
FILL = sa.text("""
INSERT INTO city_names (name, city_id, region, country, people, latitude, longitude)
SELECT * FROM unnest(
  CAST(:name AS text[]), CAST(:city_id AS integer[]), CAST(:region AS text[]),
  CAST(:country AS text[]), CAST(:people AS integer[]), CAST(:latitude AS float8[]),
  CAST(:longitude AS float8[]))
""")


def upgrade() -> None:
    op.create_table(
        "city_names",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=True),
        sa.Column("country", sa.Text(collation="C"), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", "city_id", name=op.f("pk_city_names")),
    )
    op.create_index("ix_city_names_position", "city_names", ["latitude", "longitude"])
    op.execute(
        "CREATE TRIGGER fresh_truncated AFTER TRUNCATE ON city_names"
        " FOR EACH STATEMENT EXECUTE FUNCTION cache_truncated()"
    )
    for name, (event, referencing, rows) in EVENTS.items():
        op.execute(f"""
CREATE FUNCTION city_names_{name}_fresh() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM cache_touch(CASE WHEN EXISTS (SELECT FROM {rows}) THEN '{{jobs}}'::text[] END);
  RETURN NULL;
END $$
""")
        op.execute(
            f"CREATE TRIGGER fresh_{name} AFTER {event} ON city_names REFERENCING {referencing}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION city_names_{name}_fresh()"
        )
    # Before anything locks the read model: it takes seconds, which writers would wait for.
    if not context.is_offline_mode():
        op.get_bind().execute(FILL, export.city_columns())
    op.execute(JOB_CITY)
    op.execute(LOCATE)
    op.add_column("job_search", sa.Column("city_id", sa.Integer(), nullable=True))
    op.execute(
        "CREATE TRIGGER located BEFORE INSERT OR UPDATE OF head ON job_search"
        " FOR EACH ROW EXECUTE FUNCTION job_search_located()"
    )
    # Rows of another form are written anew by scripts.rebuild_search.
    op.execute("UPDATE search_form SET form = form % 30000 + 1")


def downgrade() -> None:
    op.execute("DROP TRIGGER located ON job_search")
    op.drop_column("job_search", "city_id")
    op.execute("DROP FUNCTION job_search_located, job_city")
    op.drop_table("city_names")
    for name in EVENTS:
        op.execute(f"DROP FUNCTION city_names_{name}_fresh")
