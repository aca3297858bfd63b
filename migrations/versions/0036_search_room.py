"""Any text that a job may have is stored, and the deletion of an archived job is told."""

from typing import NamedTuple

from alembic import context, op

revision = "0036"
down_revision = "0035"

# A vector holds a megabyte of words, each once, and their places. Only who makes it knows what a
# text comes to: "half-time" is three words, and ﷺ in other letters eighteen.
DOCUMENT = """
CREATE FUNCTION search_document(head tsvector, body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE beginning text := search_beginning(body);
BEGIN
  LOOP
    BEGIN
      RETURN head || search_vector(beginning, 'D');
    EXCEPTION WHEN program_limit_exceeded THEN
      IF beginning = '' THEN
        RAISE;
      END IF;
      beginning := left(beginning, length(beginning) / 2);
    END;
  END LOOP;
END $$
"""


class Changed(NamedTuple):
    """A function as an earlier migration made it, and what is put in place of its parts."""

    revision: str
    name: str
    parts: tuple[tuple[str, str], ...]

    def before(self) -> str:
        module = context.script.get_revision(self.revision).module
        function = str(getattr(module, self.name))
        # What 0034 made of it.
        changes = context.script.get_revision("0034").module.CHANGES if self.name == "WRITE" else ()
        for old, new in changes:
            function = function.replace(old, new)
        return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")

    def after(self) -> str:
        function = self.before()
        for old, new in self.parts:
            if function.count(old) != 1:
                raise ValueError(f"not once in what {self.revision} made: {old}")
            function = function.replace(old, new)
        return function


CHANGES = (
    Changed(
        "0018",
        "WRITE",
        (
            ("h.head || search_vector(search_beginning(concat_ws(",
             "search_document(h.head, concat_ws("),
            ("j.responsibilities, j.benefits)), 'D')", "j.responsibilities, j.benefits))"),
        ),
    ),
    # A word of a vector has at most 2,046 bytes; a company's name is cut alike.
    Changed(
        "0018",
        "PLACE_MARKS",
        (
            ("array_to_string(array_remove(title_words(city), '|'), ' ') AS city",
             "left(array_to_string(array_remove(title_words(city), '|'), ' '), 200) AS city"),
            ("array_to_string(array_remove(title_words(region), '|'), ' ') AS region",
             "left(array_to_string(array_remove(title_words(region), '|'), ' '), 200) AS region"),
        ),
    ),
    # An archived job that is deleted stays archived. The release before does not say who deletes it.
    Changed(
        "0013",
        "UPDATED",
        (
            ("n.status, n.status_changed_at, n.status_changed_by_id,",
             "n.status,\n           CASE WHEN n.status <> o.status THEN n.status_changed_at"
             " ELSE n.deleted_at END,\n           CASE WHEN n.status <> o.status"
             " OR n.status_reason = 'deleted' THEN n.status_changed_by_id END,"),
            ("           n.status_reason\n",
             "           CASE WHEN n.status <> o.status THEN n.status_reason ELSE 'deleted' END\n"),
            ("WHERE n.status <> o.status ORDER BY n.id;",
             "WHERE n.status <> o.status\n"
             "      OR (o.deleted_at IS NULL AND n.deleted_at IS NOT NULL) ORDER BY n.id;"),
        ),
    ),
)  # fmt: skip


def upgrade() -> None:
    for function in (DOCUMENT, *(changed.after() for changed in CHANGES)):
        # A colon before a word is no parameter here.
        op.execute(function.replace(":", r"\:"))


def downgrade() -> None:
    for changed in CHANGES:
        op.execute(changed.before().replace(":", r"\:"))
    op.execute("DROP FUNCTION search_document")
