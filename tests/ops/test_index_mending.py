"""What cannot be mended now names itself and its reason, and holds up nothing else."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from src.embedded.layout import Layout
from src.ops.indexes import command, run
from src.ops.indexes.actions import Action
from src.ops.indexes.mend import Outcome, Patience
from tests.ops.conftest import Sql, connected
from tests.ops.indexes import CATALOG, HASTY, advised, audit, mend, named

pytestmark = pytest.mark.long

INVALID = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
TURN = "SELECT pg_advisory_lock(hashtextextended('optimize_database', 0))"


@pytest.fixture
def other(layout: Layout, spare: Flask) -> Iterator[Any]:
    """Another session, whose statements are one transaction until it is told otherwise."""
    with connected(layout) as cursor:
        cursor.connection.autocommit = False
        yield cursor
        cursor.connection.rollback()


def failed(outcomes: list[Outcome]) -> dict[str, str | None]:
    return {o.action.index: o.reason for o in outcomes if o.word == "failed"}


def test_a_build_that_gets_no_lock_names_itself_and_the_others_are_built(
    sql: Sql, other: Any
) -> None:
    sound = sql(CATALOG)
    sql("DROP INDEX ix_jobs_expiry; DROP INDEX ix_sessions_user")
    other.execute("LOCK TABLE jobs IN SHARE UPDATE EXCLUSIVE MODE")
    report = mend()
    assert failed(report.mended) == {"ix_jobs_expiry": "canceling statement due to lock timeout"}
    assert [outcome.attempts for outcome in report.mended] == [HASTY.attempts, 1]
    assert (report.exit_code, named(report, "done")) == (1, [("missing", "ix_sessions_user")])
    other.connection.rollback()
    assert named(mend(), "done") == [("missing", "ix_jobs_expiry")]
    assert sql(CATALOG) == sound


def test_a_lock_that_is_freed_in_time_is_got_by_another_attempt(
    sql: Sql, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql("DROP INDEX ix_jobs_expiry")
    other.execute("LOCK TABLE jobs IN SHARE UPDATE EXCLUSIVE MODE")
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            other.connection.rollback()

    monkeypatch.setattr(time, "sleep", sleep)
    report = mend(Patience(lock_seconds=0.1, attempts=4, pause_seconds=1.0))
    assert [(outcome.word, outcome.attempts) for outcome in report.mended] == [("done", 3)]
    assert (round(pauses[0]), round(pauses[1])) == (1, 2)


def test_a_build_that_others_never_let_finish_is_finished_by_the_next_run(
    sql: Sql, other: Any
) -> None:
    sound = sql(CATALOG)
    sql("DROP INDEX ix_rate_windows_ends")
    other.execute("INSERT INTO rate_windows VALUES ('a', 'b', 1, now())")
    assert named(mend(), "failed") == [("missing", "ix_rate_windows_ends")]
    other.connection.rollback()
    assert named(mend(), "done") == [("invalid", "ix_rate_windows_ends")]
    assert sql(CATALOG) == sound


def test_what_the_rows_do_not_allow_fails_with_the_reason_and_without_their_values(
    sql: Sql, spare: Flask
) -> None:
    sql("ALTER TABLE users DROP CONSTRAINT uq_users_email; DROP INDEX ix_sessions_user")
    person = "('same@example.com', 'candidate', 'A', 'B')"
    sql(f"INSERT INTO users (email, role, first_name, last_name) VALUES {person}, {person}")
    report = mend()
    assert failed(report.mended) == {
        "uq_users_email": 'could not create unique index "uq_users_email"'
    }
    assert named(report, "done") == [("missing", "ix_sessions_user")]
    assert sql(INVALID) == []


def test_a_constraint_waits_for_readers_no_longer_than_it_may(sql: Sql, other: Any) -> None:
    sql("ALTER TABLE notes DROP CONSTRAINT pk_notes")
    other.execute("SELECT 1 FROM notes")
    outcome = mend(Patience(lock_seconds=60, attempts=1)).mended[0]
    assert (outcome.word, outcome.seconds < 30) == ("failed", True)
    other.connection.rollback()
    done = [step.sql for outcome in mend().mended for step in outcome.action.steps]
    assert done == ["ALTER TABLE notes ADD CONSTRAINT pk_notes PRIMARY KEY USING INDEX pk_notes"]


def test_an_index_that_another_session_is_building_is_left_to_it(
    layout: Layout, sql: Sql, other: Any
) -> None:
    other.execute("INSERT INTO rate_windows VALUES ('a', 'b', 1, now())")
    build = "CREATE INDEX CONCURRENTLY planted ON rate_windows (hits)"

    def run() -> None:
        with connected(layout) as cursor:
            cursor.execute(build)

    builder = threading.Thread(target=run)
    builder.start()
    while not sql(INVALID):
        time.sleep(0.01)
    report = audit()
    other.connection.rollback()
    builder.join()
    assert (named(report), list(advised(report, "building"))) == ([], ["planted"])


def test_a_second_run_at_the_same_time_says_so_and_does_nothing(
    sql: Sql, other: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    sql("DROP INDEX ix_jobs_expiry")
    other.execute(TURN)
    code = command.mend(HASTY, is_dry_run=False, vacuum=False, as_json=True)
    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert "another one is running" in shown.err
    assert named(audit()) == [("missing", "ix_jobs_expiry")]


def test_a_run_leaves_no_lock_behind(sql: Sql) -> None:
    mend()
    assert sql("SELECT * FROM pg_locks WHERE locktype = 'advisory'") == []


def test_a_lost_connection_fails_what_is_left_and_the_next_run_goes_on(sql: Sql) -> None:
    sound = sql(CATALOG)
    sql("DROP INDEX ix_jobs_expiry; DROP INDEX ix_sessions_user")
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )

    def cut_once(action: Action) -> None:
        if action.index == "ix_sessions_user":
            sql(cut)

    report = run.run(HASTY, vacuum=False, listener=cut_once)
    assert named(report, "done") == [("missing", "ix_jobs_expiry")]
    assert list(failed(report.mended)) == ["ix_sessions_user"]
    assert {outcome.word for outcome in report.upkeep} == {"failed"}
    assert named(mend(), "done") == [("missing", "ix_sessions_user")]
    assert sql(CATALOG) == sound
