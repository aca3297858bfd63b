"""Texts folded and split alike for postings and queries; marks of occupation, place and kind."""

from alembic import context, op

revision = "0018"
down_revision = "0017"

# src/understanding/folding.py says the same in Python.
FOLD = """
CREATE FUNCTION search_fold(body text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT CASE WHEN octet_length(body) = length(body) THEN lower(body) ELSE
    normalize(replace(replace(replace(replace(translate(
      regexp_replace(normalize(lower(normalize(body, NFKC)), NFKD), '[\\u0300-\\u036f]', '', 'g'),
      'øłđı', 'oldi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), NFKC) END
$$
"""

# Names with signs in them as words. strpos is a hundred times faster than an expression that
# finds nothing, and most texts have none of these.
SIGNS = r"""
CREATE FUNCTION search_signs(folded text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE words text := folded;
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
    words := regexp_replace(words, '\m([a-z0-9]+)\.js\M', ' \1js ', 'g');
  END IF;
  IF strpos(words, 'ux') > 0 THEN
    words := regexp_replace(words, '\m(ui|ux) ?[/&+-] ?(ui|ux)\M', ' \1 \2 ', 'g');
  END IF;
  IF strpos(words, 'a/b') > 0 THEN
    words := regexp_replace(words, '\ma/b\M', ' abtest ', 'g');
  END IF;
  IF strpos(words, 'cd') > 0 THEN
    words := regexp_replace(words, '\mci ?[/&] ?cd\M|\mci cd\M', ' cicd ', 'g');
  END IF;
  IF strpos(words, '&') > 0 THEN
    words := regexp_replace(words, '\m([a-z]{1,2}) ?& ?([a-z]{1,2})\M', ' \1and\2 ', 'g');
  END IF;
  RETURN regexp_replace(
    words, '\m(front|back|full|dev|health|child|e)[- ](end|stack|ops|care|commerce)\M', '\1\2', 'g');
END $$
"""

# What vectors are made of. Letters that are also languages count where they stand as such: after
# a comma, "in" or "with", or before "developer"; "IT" in capitals is no pronoun.
TEXT = r"""
CREATE OR REPLACE FUNCTION search_text(body text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE words text := body;
BEGIN
  IF words ~ '\m(R|C|G[oO]|IT)\M' THEN
    words := regexp_replace(words, '\mIT\M', ' infotech ', 'g');
    -- Twice: what ends one match may begin the next ("R, C, Go").
    FOR pass IN 1..2 LOOP
      words := regexp_replace(words,
        '(^|[,:(/|+•&]|\m(?:[iI]n|with|using|and|or|like|via|of|know)) *(G[oO]|R|C)( *(?:[,/)|;•]|$|\.|and |or |& ))',
        '\1 lang\2\3', 'g');
    END LOOP;
    words := regexp_replace(words,
      '\m(G[oO]|R|C)( (?:[dD]evelop|[eE]ngineer|[pP]rogram|[sS]oftware [eE]|[mM]icroservice|[sS]hiny|[sS]tudio)| ?[,/] ?(?:C\M|C#|C\+|\.N|[jJ]ava|[pP]ython|[rR]ust|[sS]QL|G[oO]\M|[nN]ode))',
      'lang\1\2', 'g');
  END IF;
  IF words ~ '[\u00aa-\u00be\u0300-\u036f\u2070-\u209f\u2100-\u214f\u2460-\u24ff\u3200-\u33ff\ufb00-\ufb06\uff00-\uffef\U0001d400-\U0001d7ff]' THEN
    words := normalize(words, NFKC);
  END IF;
  words := search_signs(lower(words));
  IF strpos(words, '/') > 0 THEN
    words := replace(words, '/', ' ');
  END IF;
  IF words ~ '[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3]{2}' THEN
    words := search_bigrams(words);
  END IF;
  RETURN words;
END $$
"""

# Scripts without spaces (and Korean, whose words carry endings) are indexed by pairs of letters.
BIGRAMS = r"""
CREATE FUNCTION search_bigrams(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT string_agg(
    CASE WHEN NOT here THEN letter WHEN after THEN ' ' || letter || following || ' '
         WHEN before THEN ' ' ELSE ' ' || letter || ' ' END, '' ORDER BY place)
  FROM (
    SELECT letter, place, here, lead(letter) OVER spot AS following,
           coalesce(lead(here) OVER spot, false) AS after,
           coalesce(lag(here) OVER spot, false) AS before
    FROM (
      SELECT letter, place,
             letter ~ '[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3]' AS here
      FROM regexp_split_to_table(words, '') WITH ORDINALITY AS t (letter, place)) c
    WINDOW spot AS (ORDER BY place)) p
$$
"""

TITLE_WORDS = r"""
CREATE FUNCTION title_words(title text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT string_to_array(btrim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(search_signs(regexp_replace(regexp_replace(search_fold(title),
      '\([mfwdhxi]([/|][mfwdhxi]){1,3}\)', ' ', 'g'),
      '([a-z]{3})(\((e|a|o|as|os|in|innen|ne|se|rice|trice|euse|x)\)|[:*/·](in|innen|a|o|e|euse|rice|trice)\M)', '\1', 'g')),
      '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g'),
      '[,;:()\[\]{}|/–—•·@!?]| - | & ', ' | ', 'g'),
      '([^\w|]|_)+', ' ', 'g'),
      '([a-z]{2})ies\M', '\1y', 'g'),
      '([a-z]{2}[^sui |])s\M', '\1', 'g')), ' ')
$$
"""

# The longest phrases win. An occupation is not named by what another noun follows ("nurse
# recruiter"), nor by whom somebody works for ("assistant to the CEO").
TITLE_MARKS = r"""
CREATE FUNCTION title_marks(title text) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE STRICT SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  w text[] := title_words(left(title, 300));
  most int := least(cardinality(w), 40);
  grams text[];
BEGIN
  SELECT array_agg(DISTINCT array_to_string(w[i:i + n - 1], ' ')) INTO grams
  FROM generate_series(1, most) i, generate_series(1, least(most - i + 1,
    CASE WHEN w[i] ~ '[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]' THEN 16 ELSE 6 END)) n
  WHERE w[i] <> '|' AND w[i + n - 1] <> '|';
  RETURN (
    WITH known AS MATERIALIZED (SELECT * FROM search_phrases p WHERE p.phrase = ANY (grams)),
    found AS MATERIALIZED (
      SELECT i, i + cardinality(string_to_array(k.phrase, ' ')) - 1 AS j, k.marks, k.is_whole
      FROM known k, generate_series(1, most) i
      WHERE w[i:i + cardinality(string_to_array(k.phrase, ' ')) - 1]
            = string_to_array(k.phrase, ' ')),
    fitting AS MATERIALIZED (
      SELECT i, j, marks FROM found
      WHERE NOT is_whole OR ((w[j + 1] IS NULL OR w[j + 1] = '|') AND (
        i = 1 OR (i = 2 AND w[1] IN ('senior', 'junior', 'sr', 'jr', 'lead')))))
    SELECT array_agg(DISTINCT mark)
    FROM fitting f, unnest(f.marks) mark
    WHERE NOT EXISTS (
        SELECT 1 FROM fitting b WHERE b.i <= f.i AND b.j >= f.j AND b.j - b.i > f.j - f.i)
      AND (left(mark, 5) <> 'role=' OR (
        coalesce(w[j + 1], '') NOT IN (
          'manager', 'management', 'director', 'recruiter', 'recruiting', 'recruitment',
          'supervisor', 'coordinator', 'trainer', 'growth', 'operation', 'pricing', 'earning',
          'marketing', 'success', 'support', 'relation', 'analytic', 'platform', 'experience',
          'safety', 'scheduling', 'tool', 'advocate', 'shift', 'onboarding', 'enablement',
          'acquisition', 'engagement', 'community', 'incentive', 'payment', 'liaison')
        AND coalesce(w[i - 1], '') NOT IN ('to', 'for', 'with', 'supporting', 'reporting')
        AND NOT (coalesce(w[i - 1], '') IN ('the', 'our') AND coalesce(w[i - 2], '') IN ('to', 'for'))
        AND NOT (i = j AND length(w[i]) = 2 AND coalesce(w[i - 1], '') ~ '^[0-9]+$'))));
END $$
"""

# A city tells its region and country where a posting does not; the largest of a name is meant.
PLACE_MARKS = """
CREATE FUNCTION place_marks(city text, region text, country text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH given AS (
    SELECT array_to_string(array_remove(title_words(city), '|'), ' ') AS city,
           array_to_string(array_remove(title_words(region), '|'), ' ') AS region),
  states AS (
    SELECT p.region FROM given g JOIN search_places p ON p.name = g.region
    WHERE p.city IS NULL AND p.region IS NOT NULL
      AND (place_marks.country IS NULL OR p.country = place_marks.country)
    ORDER BY p.people DESC LIMIT 1),
  best AS (
    SELECT p.* FROM given g JOIN search_places p ON p.name = g.city
    WHERE (place_marks.country IS NULL OR p.country IS NULL OR p.country = place_marks.country)
      AND (g.region IS NULL OR g.region = '' OR p.region IS NULL
           OR p.region = coalesce((SELECT region FROM states), g.region))
    ORDER BY p.people DESC LIMIT 1),
  whole AS (
    SELECT coalesce(place_marks.country, (SELECT country FROM best)) AS country)
  SELECT array_remove(ARRAY[
    'city=' || nullif((SELECT city FROM given), ''),
    'city=' || (SELECT city FROM best),
    'region=' || nullif((SELECT region FROM given), ''),
    'region=' || coalesce((SELECT region FROM states), (SELECT region FROM best)),
    'country=' || (SELECT country FROM whole),
    'area=' || (SELECT area FROM best),
    'area=' || (SELECT p.area FROM search_places p, whole
                WHERE p.name = 'country ' || lower(whole.country) LIMIT 1)], NULL)
$$
"""

MARKS = """
CREATE FUNCTION job_marks(title text, company text, city text, region text, country text,
                          is_remote boolean, employment_type text, experience_level text)
RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT ARRAY(SELECT DISTINCT mark FROM unnest(
    title_marks(title) || place_marks(city, region, country) || ARRAY[
      'type=' || employment_type, 'level=' || experience_level,
      CASE WHEN is_remote THEN 'remote=yes' END,
      'company=' || nullif(left(array_to_string(array_remove(title_words(company), '|'), ' '), 200), '')
    ]) mark WHERE mark IS NOT NULL)
$$
"""

WRITE = """
CREATE OR REPLACE FUNCTION job_search_write(job_ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO job_search AS s (
    job_id, published_at, expires_at, pub_day, company_id, category_id, employment_type,
    experience_level, is_remote, is_featured, country, salary_min_year, salary_max_year,
    form, title_length, head, doc)
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
    (SELECT form FROM search_form), h.title_length, h.head,
    h.head || search_vector(left(concat_ws(E'\\n', j.description, j.requirements,
                                           j.responsibilities, j.benefits), 200000), 'D')
  FROM jobs j
  JOIN companies c ON c.id = j.company_id
  LEFT JOIN countries n ON n.code = j.country
  LEFT JOIN currencies r ON r.code = j.salary_currency
  CROSS JOIN LATERAL (
    SELECT least(100, length(t.words)) AS title_length,
           t.words
        || search_vector(concat_ws(' , ', c.name, array_to_string(j.skills, ' , ')), 'B')
        || search_vector(concat_ws(' , ', j.city, j.region, n.name, j.country,
                                   CASE WHEN j.is_remote THEN 'remote' END), 'C')
        || array_to_tsvector(job_marks(j.title, c.name, j.city, j.region, j.country,
                                       j.is_remote, j.employment_type, j.experience_level)) AS head
    FROM (SELECT search_vector(j.title, 'A') AS words OFFSET 0) t
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
    form = excluded.form, title_length = excluded.title_length,
    head = excluded.head, doc = excluded.doc
$$
"""


def upgrade() -> None:
    for function in (
        FOLD,
        SIGNS,
        BIGRAMS,
        TEXT,
        TITLE_WORDS,
        TITLE_MARKS,
        PLACE_MARKS,
        MARKS,
        WRITE,
    ):
        # A colon before a word is no parameter here.
        op.execute(function.replace(":", r"\:"))
    # Rows of another form are written anew by scripts.rebuild_search.
    op.execute("UPDATE search_form SET form = form + 1")


def downgrade() -> None:
    before = context.script.get_revision("0009").module
    for function in (before.SEARCH_TEXT, before.WRITE):
        op.execute(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute(
        "DROP FUNCTION job_marks, place_marks, title_marks, title_words, search_bigrams,"
        " search_signs, search_fold"
    )
