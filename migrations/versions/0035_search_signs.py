"""Words are found beside any sign: quotes, dashes, bullets, arrows, emoji, unusual blanks.

The parser takes what is not ASCII for letters, and `unaccent` makes signs of it only afterwards:
"python•java" was one word.
"""

from alembic import context, op

revision = "0035"
down_revision = "0034"

# What is neither letter nor digit, but for ’ within a word; folding has the same, but for · too.
# Full-width forms are not among it: NFKC makes ASCII of them.
_SIGNS = (
    r"\u0080-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u060c"
    r"\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u1360-\u1368\u1680\u2000-\u2018"
    r"\u201a-\u206f\u20a0-\u20cf\u2117\u2120\u2122\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30fb\ue000-\uf8ff\ufe00-\ufe1f\ufe30-\ufe4f"
    r"\ufeff\ufff9-\ufffd\U0001f000-\U0001fbff"
)
# After the languages, which • sets apart, and before NFKC, which makes letters of ™. In one
# expression: translate() took a hundred times as long. ’ parts words as ' does, but for endings.
_APART = rf"""
  IF octet_length(words) <> length(words) THEN
    words := regexp_replace(replace(words, U&'\00ad', ''), '[{_SIGNS}]', ' ', 'g');
    IF strpos(words, '’') > 0 THEN
      words := regexp_replace(words, '’(?=\w{{3}})', ' ', 'g');
    END IF;
  END IF;"""
_OBJECTIVE = r"""
  IF strpos(words, 'objective') > 0 THEN
    words := regexp_replace(words, '\mobjective[- ]c\M', ' objectivec ', 'g');
  END IF;"""
# Its C is no language of its own.
_OBJECTIVE_FIRST = r"""
    words := regexp_replace(words, '\m[oO]bjective[- ]C\M', ' objectivec ', 'g');"""
_PLACES = {
    "TEXT": (
        (r"IF words ~ '\m(R|C|G[oO]|IT)\M' THEN", _OBJECTIVE_FIRST),
        ("\n  END IF;", _APART),
    ),
    "SIGNS": (("DECLARE words text := folded;\nBEGIN", _OBJECTIVE),),
}


def before(name: str) -> str:
    return str(getattr(context.script.get_revision("0018").module, name)).replace(
        "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
    )


def upgrade() -> None:
    for name, places in _PLACES.items():
        function = before(name)
        for behind, added in places:
            head, found, tail = function.partition(behind)
            if not found:
                raise ValueError(f"not in what 0018 made: {behind}")
            function = head + found + added + tail
        # A colon before a word is no parameter here.
        op.execute(function.replace(":", r"\:"))
    # Rows of another form are written anew by scripts.rebuild_search.
    op.execute("UPDATE search_form SET form = form % 30000 + 1")


def downgrade() -> None:
    for name in _PLACES:
        op.execute(before(name).replace(":", r"\:"))
    op.execute("UPDATE search_form SET form = form % 30000 + 1")
