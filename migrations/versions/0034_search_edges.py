"""Italy's code is no information technology, and a text in pairs of letters has room."""

from alembic import context, op

revision = "0034"
down_revision = "0033"

# A vector holds a megabyte, and each pair of letters takes ten bytes of it.
BEGINNING = r"""
CREATE FUNCTION search_beginning(body text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT left(body, CASE
    WHEN body ~ '[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3]{2}' THEN 90000
    ELSE 200000 END)
$$
"""
CHANGES = (
    # In small letters it is a word that says nothing, as the other codes are.
    ("n.name, j.country,", "n.name, lower(j.country),"),
    ("search_vector(left(concat_ws(", "search_vector(search_beginning(concat_ws("),
    ("j.responsibilities, j.benefits), 200000), 'D')", "j.responsibilities, j.benefits)), 'D')"),
)


def before() -> str:
    return str(context.script.get_revision("0018").module.WRITE)


def upgrade() -> None:
    function = before()
    for old, new in CHANGES:
        if function.count(old) != 1:
            raise ValueError(f"not once in what 0018 made: {old}")
        function = function.replace(old, new)
    for statement in (BEGINNING, function):
        # A colon before a word is no parameter here.
        op.execute(statement.replace(":", r"\:"))
    # Rows of another form are written anew by scripts.rebuild_search.
    op.execute("UPDATE search_form SET form = form % 30000 + 1")


def downgrade() -> None:
    op.execute(before().replace(":", r"\:"))
    op.execute("DROP FUNCTION search_beginning")
