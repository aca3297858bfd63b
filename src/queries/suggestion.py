"""What is suggested while a search is typed: collected by the hour, looked up by its beginning."""

from sqlalchemy import text

# Of each kind the commonest are kept: what bounds a look-up, whatever is posted.
MOST = 50_000
# Words of one that it can be found by.
WORDS = 6
# Different ones are wanted, and one may be found by several of its words.
_READ = 60

# A label is found by each of its words, by its first most readily. Of several spellings the
# commonest is shown.
COLLECT = text(r"""
WITH live AS MATERIALIZED (
  SELECT j.title, c.name, j.city, j.region, j.skills
  FROM job_search s JOIN jobs j ON j.id = s.job_id JOIN companies c ON c.id = j.company_id
  WHERE s.job_id % :step = 0),
said AS (
  SELECT 'title' AS kind, title AS label, count(*) AS n FROM live GROUP BY title
  UNION ALL SELECT 'company', name, count(*) FROM live GROUP BY name
  UNION ALL SELECT 'place', city, count(*) FROM live GROUP BY city
  UNION ALL SELECT 'place', region, count(*) FROM live GROUP BY region
  UNION ALL SELECT 'skill', skill, count(*) FROM live, unnest(skills) skill GROUP BY skill),
spelled AS (
  SELECT kind, search_fold(label) AS folded, sum(n)::int * :step AS jobs,
         (array_agg(label ORDER BY n DESC, label))[1] AS label
  FROM said WHERE length(label) BETWEEN 2 AND 100 GROUP BY 1, 2),
best AS (
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY jobs DESC, folded) AS place
    FROM spelled) s
  WHERE place <= :most),
fresh AS MATERIALIZED (
  SELECT kind, key, label, max(weight) AS weight FROM (
    SELECT kind, label, array_to_string(words[n:], ' ') AS key,
           CASE WHEN n = 1 THEN jobs ELSE ceil(jobs / 4.0)::int END AS weight
    FROM best, regexp_split_to_array(btrim(folded), '[\s(/,]+') words,
         generate_series(1, least(cardinality(words), :words)) n) k
  WHERE length(key) > 1 GROUP BY kind, key, label),
gone AS (
  DELETE FROM search_suggestions s
  WHERE NOT EXISTS (
    SELECT FROM fresh f WHERE (f.kind, f.key, f.label) = (s.kind, s.key, s.label)))
INSERT INTO search_suggestions AS s (kind, key, label, weight)
SELECT kind, key, label, weight FROM fresh
ON CONFLICT (kind, key, label) DO UPDATE SET weight = excluded.weight
WHERE s.weight <> excluded.weight
""")

# The beginning's two letters give an index's rows in the order of their weight.
BEGINNING = text(f"""
SELECT k.kind, f.label
FROM unnest(CAST(:kinds AS text[])) AS k (kind)
CROSS JOIN LATERAL (
  SELECT label, max(weight) AS weight FROM (
    SELECT label, weight FROM search_suggestions s
    WHERE s.kind = k.kind AND left(key, 2) = left(:key, 2) AND starts_with(key, :key)
    ORDER BY weight DESC LIMIT {_READ}) s
  GROUP BY label ORDER BY weight DESC, label LIMIT :size) f
ORDER BY k.kind, f.weight DESC, f.label
""")

# Words that share a beginning with a misspelt one but for two letters.
LIKES = text("""
SELECT word, jobs FROM search_words
WHERE deletions && CAST(:deletions AS text[]) ORDER BY jobs DESC, word LIMIT 200
""")
