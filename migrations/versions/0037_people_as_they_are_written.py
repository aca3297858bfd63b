"""A candidate is found by the name and address as they are shown, whoever types them how.

Both sides are folded and cut here: the parser took "Brown/Green" for a path and "St." apart, and
what was asked was cut elsewhere by another rule.
"""

from alembic import context, op

revision = "0037"
down_revision = "0036"

# Beyond ASCII, what is ' as well: ´ ʹ ʻ ʼ ʽ ‘ ’ ‛ ′ ＇.
_APOSTROPHES = r"\u00b4\u02b9\u02bb-\u02bd\u2018\u2019\u201b\u2032\uff07"
# In ASCII, what parts words: all signs but ' and `, which is typed for it.
_SIGNS = r"""!"#$%&()*+,-./:;<=>?@[\]^_{|}~"""
_CUT = f"'{_SIGNS}', '{' ' * len(_SIGNS)}'"


# All of these name the schema: an index is built, and a dump restored, on no search path. Most
# names are ASCII, for which expressions took seven times as long. Whoever changes search_fold
# builds ix_users_words anew.
def _fold() -> str:
    signs = context.script.get_revision("0035").module._SIGNS
    return rf"""
CREATE OR REPLACE FUNCTION user_fold(body text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE words text := lower(body);
BEGIN
  IF octet_length(words) <> length(words) THEN
    words := regexp_replace(words, '[{_APOSTROPHES}]', '''', 'g');
    words := regexp_replace(public.search_fold(words), '[{signs}\u2019]', ' ', 'g');
  END IF;
  RETURN replace(words, '`', '''');
END $$
"""


# O’Brien is "obrien", and "o" and "brien" besides. An address is one word, so that few have it, and
# what stands before the @ is words too. A word has at most 2,046 bytes.
WORDS = rf"""
CREATE OR REPLACE FUNCTION user_words(first_name text, last_name text, email text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  names text := translate(public.user_fold(
    concat_ws(' ', first_name, last_name, split_part(email, '@', 1))), {_CUT});
  joined text := replace(names, '''', '');
  address text := left(replace(public.user_fold(email), '''', ''), 500);
BEGIN
  RETURN CASE WHEN names <> joined THEN to_tsvector('pg_catalog.simple', names) ELSE '' END
      || to_tsvector('pg_catalog.simple', joined)
      || CASE WHEN address <> '' THEN array_to_tsvector(ARRAY[address]) ELSE '' END;
END $$
"""

# What stands between blanks is one thing: its words follow each other, and the last may be a
# beginning. With an @ it is the beginning of an address, or a name all the same.
QUERY = rf"""
CREATE OR REPLACE FUNCTION user_query(asked text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT CAST(string_agg('(' || words || ':*' || CASE WHEN strpos(thing, '@') > 1
      THEN ' | ''' || replace(left(thing, 500), '\', '\\') || ''':*' ELSE '' END || ')', ' & ')
    AS tsquery)
  FROM regexp_split_to_table(asked, '\s+') part,
  LATERAL (SELECT replace(public.user_fold(part), '''', '') AS thing) folded,
  LATERAL (SELECT CAST(phraseto_tsquery('pg_catalog.simple', translate(thing, {_CUT})) AS text)
           AS words) cut
  WHERE words <> ''
$$
"""


def _index_anew() -> None:
    """Beside the old one: its words are others, but it serves until then."""
    context.script.get_revision("0016").module.replace(
        "ix_users_words", "users USING gin (user_words(first_name, last_name, email))"
    )


def upgrade() -> None:
    # What stands before a build that is committed by itself must bear to be done again.
    for function in (_fold(), WORDS, QUERY):
        # A colon before a word is no parameter here.
        op.execute(function.replace(":", r"\:"))
    _index_anew()


def downgrade() -> None:
    op.execute(context.script.get_revision("0012").module.WORDS)
    _index_anew()
    op.execute("DROP FUNCTION IF EXISTS user_query, user_fold")
