"""Whatever is wrong with an index is named, mended, and then left alone."""

from collections.abc import Iterator

import pytest
from psycopg2.errors import UniqueViolation
from sqlalchemy import Index

from src.models import Session
from tests.ops.conftest import Sql
from tests.ops.indexes import CATALOG, PLANTED, advised, audit, mend, named, plant, statements

pytestmark = pytest.mark.long

# Each does something that no other index does.
KEPT = {
    "planted_some": "CREATE INDEX planted_some ON jobs (company_id) WHERE is_remote",
    "planted_hash": "CREATE INDEX planted_hash ON jobs USING hash (company_id)",
    "planted_wide": "CREATE INDEX planted_wide ON jobs (company_id) INCLUDE (title)",
    "planted_class": "CREATE INDEX planted_class ON companies (slug text_pattern_ops)",
    "planted_unique": "CREATE UNIQUE INDEX planted_unique ON sessions (user_id)",
    "planted_order": "CREATE INDEX planted_order ON notes (application_id, id DESC)",
    "planted_constraint": "ALTER TABLE memberships ADD CONSTRAINT planted_constraint"
    " UNIQUE (company_id, user_id)",
    "planted_identity": "CREATE UNIQUE INDEX planted_identity ON users (email);"
    "ALTER TABLE users REPLICA IDENTITY USING INDEX planted_identity",
}


def test_nothing_is_wrong_after_the_migrations(sql: Sql) -> None:
    before = sql(CATALOG)
    report = mend()
    assert (named(report), report.exit_code, audit().exit_code) == ([], 0, 0)
    assert report.declared == report.found > 80
    assert sql(CATALOG) == before


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_wrong_is_named_mended_and_then_left_alone(sql: Sql, kind: str) -> None:
    sound = sql(CATALOG)
    planted = plant(sql, kind)
    assert named(audit()) == planted
    assert named(mend(), "done") == planted
    assert sql(CATALOG) == sound
    assert named(mend()) == []


def test_what_only_a_missing_index_makes_needless_goes_in_the_same_run(sql: Sql) -> None:
    sql("DROP INDEX ix_notes_application; CREATE INDEX planted ON notes (application_id)")
    wanted = [("covered", "planted"), ("missing", "ix_notes_application")]
    assert named(audit()) == wanted
    assert named(mend(), "done") == wanted
    assert named(mend()) == []


def test_a_dry_run_says_what_a_run_then_does_and_changes_nothing(sql: Sql) -> None:
    for kind in ("differs", "duplicate", "covered"):
        plant(sql, kind)
    broken = sql(CATALOG)
    planned = audit()
    assert sql(CATALOG) == broken
    assert planned.exit_code == 1
    assert statements(mend()) == statements(planned)


def test_a_swap_that_was_cut_off_goes_on_from_where_it_ended(sql: Sql) -> None:
    sound = sql(CATALOG)
    sql("ALTER INDEX ix_jobs_expiry RENAME TO ix_jobs_expiry__new")
    sql("CREATE INDEX ix_jobs_expiry ON jobs (created_at)")
    done = [step.sql for outcome in mend().mended for step in outcome.action.steps]
    assert done == [
        "DROP INDEX CONCURRENTLY ix_jobs_expiry",
        "ALTER INDEX ix_jobs_expiry__new RENAME TO ix_jobs_expiry",
    ]
    assert sql(CATALOG) == sound


def test_what_a_failed_build_left_behind_is_dropped(sql: Sql) -> None:
    sql("INSERT INTO companies (name, slug) VALUES ('One', 'one-a'), ('One', 'one-b')")
    with pytest.raises(UniqueViolation):
        sql("CREATE UNIQUE INDEX CONCURRENTLY planted ON companies (name)")
    assert named(mend(), "done") == [("invalid", "planted")]
    assert named(mend()) == []


def test_an_index_in_no_model_is_kept_and_told(sql: Sql) -> None:
    sql("CREATE INDEX planted ON jobs (title)")
    report = mend()
    assert (report.exit_code, named(report)) == (0, [])
    assert list(advised(report, "undeclared")) == ["planted"]


def test_an_index_that_does_something_of_its_own_is_not_needless(sql: Sql) -> None:
    for statement in KEPT.values():
        sql(statement)
    report = mend()
    assert named(report) == []
    assert advised(report, "undeclared").keys() == KEPT.keys()


def test_indexes_of_tables_that_are_not_ours_are_left_out(sql: Sql) -> None:
    sql("CREATE INDEX planted ON procrastinate_jobs (id); CREATE TABLE theirs (a int PRIMARY KEY)")
    sql("CREATE INDEX planted_too ON theirs (a)")
    report = mend()
    assert (named(report), list(advised(report, "undeclared"))) == ([], [])


@pytest.fixture
def declared_twice(sql: Sql) -> Iterator[str]:
    """An index of the models that says what another of them says, and is in the database."""
    twin = Index("ix_twin", Session.__table__.c.user_id)
    sql("CREATE INDEX ix_twin ON sessions (user_id)")
    yield twin.name
    Session.__table__.indexes.discard(twin)


def test_a_duplicate_that_the_models_declare_is_a_failure_and_is_not_dropped(
    sql: Sql, declared_twice: str
) -> None:
    report = mend()
    assert [(note.kind, note.table) for note in report.defects] == [("duplicate", "sessions")]
    assert (report.exit_code, audit().exit_code) == (1, 1)
    assert sql(f"SELECT to_regclass('{declared_twice}') IS NOT NULL") == [(True,)]


def test_statistics_of_our_tables_are_fresh_afterwards(sql: Sql) -> None:
    mend()
    sql("SELECT pg_stat_force_next_flush()")
    never = "SELECT relname FROM pg_stat_user_tables WHERE last_analyze IS NULL"
    names = {name for (name,) in sql(never)}
    assert "alembic_version" in names
    assert {name for name in names if not name.startswith("procrastinate_")} == {"alembic_version"}
