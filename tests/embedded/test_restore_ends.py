"""Restores that are told to end, or lose the database: each says how far it has come."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from src.embedded.layout import OWNER, SUPERUSER, Layout
from tests.backups import blocked, end_sessions, restoring, run, started, stated
from tests.served import ROOT, Instance, run_file, standing_still, wait_for

pytestmark = pytest.mark.long

SECOND = "second"
PLANTED = """
WITH person AS (
  INSERT INTO users (email, role, first_name, last_name)
  VALUES ('returns@mail.example', 'candidate', 'A', 'B') RETURNING id)
INSERT INTO sessions (user_id, token_hash, expires_at)
  SELECT id, 'x', now() + interval '9 days' FROM person
"""
FIGURES = "making cached answers old, checking figures"


@pytest.fixture(scope="module")
def served(shared_instance: Instance) -> Layout:
    """A served instance, and somebody's session."""
    layout = Layout(shared_instance[1])
    with session(layout.database_url(OWNER)) as cursor:
        cursor.execute(PLANTED)
    return layout


@pytest.fixture(scope="module")
def dump(served: Layout, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A backup of it."""
    path = str(tmp_path_factory.mktemp("backup") / "taken.dump")
    assert run(ROOT, served.data_dir, "backup.sh", path)[0] == 0
    return path


@pytest.fixture
def second(served: Layout) -> Iterator[str]:
    """An empty database beside it, by its URL."""
    with session(served.database_url(SUPERUSER, "postgres")) as admin:
        admin.execute(f"CREATE DATABASE {SECOND} OWNER {OWNER}")
        yield served.database_url(OWNER, SECOND)
        admin.execute(f"DROP DATABASE {SECOND} WITH (FORCE)")


@contextmanager
def session(url: str) -> Iterator[Any]:
    """Each of its statements is its own transaction, unless one begins it."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        yield cursor


def number(cursor: Any, query: str) -> int:
    cursor.execute(query)
    ((found,),) = cursor.fetchall()
    return int(found)


def is_filled(cursor: Any) -> bool:
    """Whether the sessions of the backup are there."""
    there = number(cursor, "SELECT count(*) FROM pg_tables WHERE tablename = 'sessions'")
    return bool(there and number(cursor, "SELECT count(*) FROM public.sessions"))


@contextmanager
def ending(
    served: Layout, dump: str, second: str, folder: Path
) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A restore that waits to end a session that somebody holds; and its own session."""
    environ = stated(served, folder, SECOND)
    with session(second) as rival, restoring(environ, dump) as restore:
        wait_for(lambda: is_filled(rival), 60)
        rival.execute("BEGIN; SELECT FROM public.sessions FOR UPDATE")
        wait_for(lambda: blocked(rival), 60)
        yield restore, [*blocked(rival).values()]


@contextmanager
def checking(
    served: Layout, dump: str, second: str, folder: Path
) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A restore that waits for a table of figures that somebody holds; and its session."""
    environ = stated(served, folder, SECOND)
    with (
        session(second) as rival, session(second) as other, restoring(environ, dump) as restore,
    ):  # fmt: skip
        wait_for(lambda: is_filled(rival), 60)
        rival.execute("BEGIN; SELECT FROM public.sessions FOR UPDATE")
        wait_for(lambda: blocked(rival), 60)
        other.execute("BEGIN; LOCK TABLE public.application_counts")
        rival.execute("ROLLBACK")
        wait_for(lambda: blocked(other), 60)
        yield restore, [*blocked(other).values()]


def test_a_restore_that_is_told_to_end_says_that_it_was_ending_sessions(
    served: Layout, dump: str, second: str, tmp_path: Path
) -> None:
    with ending(served, dump, second, tmp_path) as (restore, _):
        restore.terminate()
        _, said = restore.communicate(timeout=20)
    step = "ending sessions, codes and mails"
    assert (restore.returncode, said) == (143, f"restore: interrupted by SIGTERM while {step}\n")


def test_a_restore_ends_when_it_is_told_to_though_the_server_stands_still(
    served: Layout, dump: str, second: str, tmp_path: Path
) -> None:
    server = psutil.Process(run_file(served.data_dir)["pids"]["postgres"])
    with checking(served, dump, second, tmp_path) as (restore, _), standing_still(server):
        restore.terminate()
        _, said = restore.communicate(timeout=30)
        told = f"restore: interrupted by SIGTERM while {FIGURES}\n"
        assert (restore.returncode, said) == (143, told)


def test_a_database_that_is_lost_after_the_restore_is_told_in_a_line_that_says_so(
    served: Layout, dump: str, second: str, tmp_path: Path
) -> None:
    with checking(served, dump, second, tmp_path) as (restore, sessions):
        end_sessions(second, sessions)
        _, said = restore.communicate(timeout=20)
    assert (restore.returncode, said.count("\n")) == (2, 1)
    assert said.startswith("restore: restored, but its figures cannot be checked: server closed")


def test_a_restore_that_is_told_to_end_with_its_commit_does_not_say_that_it_filled(
    served: Layout, dump: str, second: str, tmp_path: Path
) -> None:
    """A commit waits for a standby that there is not; it is one all the same."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    waiting += f" AND datname = '{SECOND}'"
    with session(served.database_url(SUPERUSER, "postgres")) as admin:
        admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        admin.execute("SELECT pg_reload_conf()")
        try:
            with started(stated(served, tmp_path, SECOND), "restore.sh", dump) as restore:
                wait_for(lambda: number(admin, waiting), 60)
                restore.terminate()
                _, said = restore.communicate(timeout=20)
        finally:
            admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
            admin.execute("SELECT pg_reload_conf()")
    told = "restore: interrupted by SIGTERM while committing\n"
    assert (restore.returncode, said) == (143, told)
    with session(second) as cursor:
        wait_for(lambda: is_filled(cursor))
