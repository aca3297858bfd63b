"""The shipped tables in the database, and the jobs that were written before them."""

from sqlalchemy import text

FINGERPRINT = text("SELECT fingerprint FROM search_form")
CLEAR = text("TRUNCATE search_phrases, search_places, city_names")
# All of them in one parameter, for there are ten thousands: JSON, or one array a column.
ADD_PHRASES = text("""
INSERT INTO search_phrases (phrase, marks, is_whole)
SELECT * FROM json_to_recordset(CAST(:rows AS json))
  AS r (phrase text, marks text[], is_whole boolean)
""")
ADD_PLACES = text("""
INSERT INTO search_places (name, city, region, country, area, people)
SELECT * FROM json_to_recordset(CAST(:rows AS json))
  AS r (name text, city text, region text, country text, area text, people integer)
""")
ADD_CITIES = text("""
INSERT INTO city_names (name, city_id, region, country, people, latitude, longitude)
SELECT * FROM unnest(
  CAST(:name AS text[]), CAST(:city_id AS integer[]), CAST(:region AS text[]),
  CAST(:country AS text[]), CAST(:people AS integer[]), CAST(:latitude AS float8[]),
  CAST(:longitude AS float8[]))
""")
# Forms go round below the largest smallint.
NEXT = text("UPDATE search_form SET form = form % 30000 + 1, fingerprint = :fingerprint")

# Of the live jobs: those whose row is another form's, and those that have none.
_OUTDATED = """
jobs j JOIN companies c ON c.id = j.company_id LEFT JOIN job_search s ON s.job_id = j.id
WHERE j.status = 'published' AND c.status = 'active'
  AND s.form IS DISTINCT FROM (SELECT form FROM search_form)
"""
OUTDATED = text(f"SELECT count(*) FROM {_OUTDATED}")
# The jobs are locked before their texts are read, and their companies as the triggers do it: what
# changes meanwhile waits, and is written after us.
BATCH = text(f"""
SELECT j.id, j.company_id FROM jobs j WHERE j.id IN (
  SELECT j.id FROM {_OUTDATED} AND j.id > :after ORDER BY j.id LIMIT :size)
ORDER BY j.id FOR SHARE
""")
COMPANIES = text("SELECT 1 FROM companies WHERE id = ANY (:ids) ORDER BY id FOR KEY SHARE")
WRITE = text("SELECT job_search_write(:ids)")
