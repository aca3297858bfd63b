"""Backups that are told to end, are killed, or are meant for a place that is not there."""

import fcntl
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest

from tests.backups import environ_of, ran, run
from tests.served import ROOT, Instance, is_alive, run_file, wait_for


@pytest.fixture(scope="module")
def shared(shared_instance: Instance) -> Path:
    """The data folder of a served instance that a test leaves as it was."""
    return shared_instance[1]


@contextmanager
def held_up(data_dir: Path, dump: Path) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """A backup that waits for a table somebody has locked, and its pg_dump."""
    with closing(psycopg2.connect(run_file(data_dir)["migration_database_url"])) as connection:
        connection.cursor().execute("LOCK TABLE categories")
        command = ["bash", str(ROOT / "scripts" / "backup.sh"), str(dump)]
        with subprocess.Popen(
            command, env=environ_of(data_dir), stderr=subprocess.PIPE, text=True
        ) as backup:
            try:
                wait_for(lambda: dumping(backup.pid))
                yield backup, dumping(backup.pid)[0]
            finally:
                backup.kill()


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
    with held_up(shared, tmp_path / "ended.dump") as (backup, program):
        backup.send_signal(sent)
        _, said = backup.communicate(timeout=20)
        assert backup.returncode == 128 + sent
    assert said == f"scripts/backup.sh: interrupted by {sent.name}\n"
    assert not is_alive(program)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_backup_ends_its_program_and_the_next_one_clears_what_it_left(
    shared: Path, root: Path, tmp_path: Path
) -> None:
    dump = tmp_path / "killed.dump"
    with held_up(shared, dump) as (backup, program):
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
    assert (code, why) == (2, f"scripts/backup.sh: there is no folder {folder}\n")
    assert not folder.exists()
