"""Backups that are told to end, are killed, or are meant for a place that is not there."""

import fcntl
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from src.embedded.layout import DATABASE, Layout
from tests.backups import blocked, end_sessions, environ_of, ran, run, started, stated
from tests.served import Instance, is_alive, run_file, standing_still, wait_for

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def shared(shared_instance: Instance) -> Path:
    """The data folder of a served instance that a test leaves as it was."""
    return shared_instance[1]


@contextmanager
def locked(data_dir: Path, table: str) -> Iterator[Any]:
    """Another session, which holds the table."""
    url = run_file(data_dir)["migration_database_url"]
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table}")
        yield cursor


@contextmanager
def held_up(
    data_dir: Path, dump: Path
) -> Iterator[tuple[subprocess.Popen[str], psutil.Process, list[int]]]:
    """A backup that waits for a table somebody has locked, its pg_dump, and both their sessions."""
    with (
        locked(data_dir, "categories") as cursor,
        started(environ_of(data_dir), "backup.sh", str(dump)) as backup,
    ):
        wait_for(lambda: {"", "pg_dump"} <= blocked(cursor).keys())
        found = blocked(cursor)
        yield backup, dumping(backup.pid)[0], [found[name] for name in ("", "pg_dump")]


def dumping(pid: int) -> list[psutil.Process]:
    """The pg_dump that a backup has started, not the one that was asked for its version."""
    found = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess):
            if child.name() == "pg_dump" and "--format=custom" in child.cmdline():
                found.append(child)
    return found


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_backup_that_is_told_to_end_says_so_in_a_line_and_leaves_nothing(
    shared: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    with held_up(shared, tmp_path / "ended.dump") as (backup, program, _):
        backup.send_signal(sent)
        _, said = backup.communicate(timeout=20)
        assert backup.returncode == 128 + sent
    assert said == f"backup: interrupted by {sent.name}\n"
    assert not is_alive(program)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_hears_that_it_is_to_end_before_it_has_begun_to_dump(
    shared: Path, tmp_path: Path
) -> None:
    with (
        locked(shared, "alembic_version") as cursor,
        started(environ_of(shared), "backup.sh", str(tmp_path / "ended.dump")) as backup,
    ):
        wait_for(lambda: "" in blocked(cursor))
        backup.terminate()
        _, said = backup.communicate(timeout=20)
    assert (backup.returncode, said) == (143, "backup: interrupted by SIGTERM\n")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_ends_when_it_is_told_to_though_the_server_stands_still(
    shared: Path, tmp_path: Path
) -> None:
    server = psutil.Process(run_file(shared)["pids"]["postgres"])
    with held_up(shared, tmp_path / "ended.dump") as (backup, program, _), standing_still(server):
        backup.terminate()
        _, said = backup.communicate(timeout=30)
        assert (backup.returncode, said) == (143, "backup: interrupted by SIGTERM\n")
    assert not is_alive(program)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_lost_meanwhile_is_told_in_a_line_and_nothing_is_left(
    shared: Path, tmp_path: Path
) -> None:
    with held_up(shared, tmp_path / "lost.dump") as (backup, program, sessions):
        end_sessions(run_file(shared)["migration_database_url"], sessions)
        _, said = backup.communicate(timeout=20)
    assert (backup.returncode, said.count("\n")) == (2, 1)
    assert said.startswith("backup: the database cannot be reached: server closed the connection")
    assert not is_alive(program)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_backup_ends_its_program_and_the_next_one_clears_what_it_left(
    shared: Path, root: Path, tmp_path: Path
) -> None:
    dump = tmp_path / "killed.dump"
    with held_up(shared, dump) as (backup, program, _):
        backup.kill()
        wait_for(lambda: not is_alive(program))
    (left,) = tmp_path.iterdir()
    others = [tmp_path / f".{dump.name}.{number}.partial" for number in (1, 2)]
    with others[0].open("w") as held, others[1].open("w"):
        fcntl.flock(held, fcntl.LOCK_EX)
        code, said, errors = run(root, shared, "backup.sh", str(dump))
    assert code == 0, errors
    assert left not in tmp_path.iterdir()
    assert sorted(tmp_path.iterdir()) == sorted([others[0], dump, Path(said["manifest"])])


def test_what_killed_backups_without_a_name_have_left_the_next_one_clears(
    shared: Path, root: Path
) -> None:
    folder = shared / "backups"
    folder.mkdir(exist_ok=True)
    old = [folder / f".talentsphere-2026010{day}T000000Z.dump.7.partial" for day in (1, 2, 3)]
    named = folder / ".named.dump.7.partial"
    with old[0].open("w") as held, old[1].open("w"), old[2].open("w"), named.open("w"):
        fcntl.flock(held, fcntl.LOCK_EX)
        assert run(root, shared, "backup.sh")[0] == 0
    assert {*folder.glob(".*")} == {old[0], named}
    old[0].unlink()
    named.unlink()


def test_the_folder_of_backups_without_a_name_is_made_with_the_data_folder(
    layout: Layout, tmp_path: Path
) -> None:
    data_dir = tmp_path / "fresh" / "var"
    with started(stated(layout, data_dir, DATABASE), "backup.sh", "--json") as backup:
        printed, said = backup.communicate(timeout=60)
    assert backup.returncode == 0, said
    assert Path(json.loads(printed)["file"]).parent == data_dir / "backups"
    assert (data_dir / "backups").stat().st_mode & 0o777 == 0o700


def test_a_file_is_looked_for_where_the_command_is_given(
    shared: Path, root: Path, tmp_path: Path
) -> None:
    done = ran(root, shared, "backup.sh", "here.dump", folder=tmp_path)
    assert (done.returncode, (tmp_path / "here.dump").is_file()) == (0, True), done.stderr
    done = ran(root, shared, "restore.sh", "there.dump", folder=tmp_path)
    assert (done.returncode, f"there is no file {tmp_path}/there.dump" in done.stderr) == (2, True)


def test_a_folder_that_is_not_there_is_not_made_unasked(
    shared: Path, root: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "misspelt"
    code, _, why = run(root, shared, "backup.sh", str(folder / "x.dump"))
    assert (code, why) == (2, f"backup: there is no folder {folder}\n")
    assert not folder.exists()
