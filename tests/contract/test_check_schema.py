"""What a migration may not do to tables that are in use."""

import pytest

from scripts.check_schema import NOT_WHILE_EMPTY, NOWHERE, lint


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE jobs DROP COLUMN title;",
        "ALTER TABLE jobs RENAME COLUMN title TO name;",
        "ALTER TABLE jobs ALTER COLUMN views TYPE bigint;",
        "ALTER TABLE jobs ADD COLUMN wage int NOT NULL;",
        "ALTER TABLE jobs ADD CONSTRAINT paid CHECK (wage > 0);",
        "CREATE INDEX ix_jobs_title ON jobs (title);",
        "DROP TABLE bookmarks;",
    ],
)
def test_what_would_stop_the_code_before_or_hold_a_table_is_found(statement: str) -> None:
    assert lint(statement, NOWHERE)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE jobs ADD COLUMN wage int;",
        "ALTER TABLE jobs ADD CONSTRAINT paid CHECK (wage > 0) NOT VALID;",
        "CREATE INDEX CONCURRENTLY ix_jobs_title ON jobs (title);",
    ],
)
def test_what_only_adds_and_holds_nothing_passes(statement: str) -> None:
    assert lint(statement, NOWHERE) == ""


def test_an_empty_schema_is_made_as_it_is_easiest() -> None:
    assert lint("CREATE INDEX ix_jobs_title ON jobs (title);", NOT_WHILE_EMPTY) == ""
