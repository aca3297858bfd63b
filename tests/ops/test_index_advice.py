"""What is told to a person and left to them: unused indexes, wasted space, dead rows."""

import pytest

from src.ops.indexes import advice
from tests.ops.conftest import Sql
from tests.ops.indexes import CATALOG, advised, audit, mend

WORDS = (
    "INSERT INTO lexemes SELECT 'word ' || lpad(n::text, 6, '0'), n, n"
    " FROM generate_series(1, 120000) n"
)


@pytest.fixture
def sensitive(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte of waste is told already: a test needs no large table."""
    monkeypatch.setattr(advice, "BLOAT_BYTES", 1024 * 1024)


def test_an_index_that_nothing_has_read_is_told_with_its_size(sql: Sql) -> None:
    sql("SET enable_seqscan = off; SELECT 1 FROM sessions WHERE user_id = 1")
    sql("SELECT pg_stat_force_next_flush()")
    report = audit()
    unused = advised(report, "unused")
    assert "ix_sessions_expires" in unused
    assert not {"ix_sessions_user", "pk_sessions", "uq_invitations_open"} & unused.keys()
    assert unused["ix_job_search_doc"].size_bytes > 0
    assert report.exit_code == 0


def test_an_index_that_was_made_in_this_run_is_not_called_unused(sql: Sql) -> None:
    sql("DROP INDEX ix_sessions_expires")
    assert "ix_sessions_expires" not in advised(mend(), "unused")
    assert "ix_sessions_expires" in advised(mend(), "unused")


def test_the_report_says_since_when_use_is_counted(sql: Sql) -> None:
    assert audit().counted_since is None
    sql("SELECT pg_stat_reset()")
    assert [(audit().counted_since,)] == sql(
        "SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()"
    )


def test_space_that_deleted_rows_left_is_estimated(sql: Sql, sensitive: None) -> None:
    sql(WORDS)
    sql("VACUUM ANALYZE lexemes")
    assert advised(audit(), "bloat") == {}
    sql("DELETE FROM lexemes WHERE in_doc < 115000")
    sql("VACUUM ANALYZE lexemes")
    table = advised(audit(), "bloat")["lexemes"]
    assert 0.9 < table.wasted_bytes / table.size_bytes < 1
    assert "by an estimate" in table.why


def test_a_bloated_btree_is_told_with_the_statement_that_rebuilds_it(
    sql: Sql, sensitive: None
) -> None:
    sql(WORDS)
    sql("DELETE FROM lexemes WHERE in_doc % 20 > 0")
    sql("VACUUM ANALYZE lexemes")
    why = advised(audit(), "bloat")["pk_lexemes"].why
    sql(why.partition("To rebuild it: ")[2])
    assert "pk_lexemes" not in advised(audit(), "bloat")


def test_dead_rows_are_told_and_cleared_away_when_asked_to(sql: Sql) -> None:
    sql(WORDS)
    sql("DELETE FROM lexemes; SELECT pg_stat_force_next_flush()")
    assert "lexemes" in advised(audit(), "dead rows")
    before = sql(CATALOG)
    mend(vacuum=True)
    # Of other tables some rows may be dead to all but a transaction that runs.
    assert sql(CATALOG) == before
    assert "lexemes" not in advised(audit(), "dead rows")
