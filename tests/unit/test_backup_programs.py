"""What the programs that back up and restore are told, and what everybody may read of it."""

from pathlib import Path

import pytest

from src.ops.backup import put_back
from src.ops.backup.server import CannotCopy, Server


@pytest.mark.parametrize(
    ("url", "rest", "password"),
    [
        ("u@/db?host=/tmp&password=hush", "u@/db?host=%2Ftmp", "hush"),
        ("u:old@/db?password=a&password=hush", "u@/db", "hush"),
        ("u:hush%2F@h/db?sslmode=require", "u@h/db?sslmode=require", "hush/"),
    ],
)
def test_a_password_is_not_among_a_programs_arguments_wherever_it_is_said(
    tmp_path: Path, url: str, rest: str, password: str
) -> None:
    program = tmp_path / "shows"
    program.write_text('#!/bin/sh\necho "$PGPASSWORD" "$@"\n')
    program.chmod(0o700)
    said = Server(f"postgresql://{url}", "18.0", tmp_path).start("shows").communicate()[0]
    assert said.decode() == f"{password} --dbname=postgresql://{rest}\n"


def made(folder: Path, **programs: str) -> Server:
    """A server with these programs, written for a shell."""
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o700)
    return Server("postgresql://u@/db", "18.0", folder)


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        ("exit 2", "while committing: the database is as it was, or as in the backup"),
        ("exit 3", "nothing was changed: no"),
    ],
)
def test_a_connection_that_is_lost_with_the_commit_leaves_open_what_was_changed(
    tmp_path: Path, ends: str, says: str
) -> None:
    """psql ends with 3 where the server refuses, which changes nothing."""
    server = made(tmp_path, pg_restore="echo", psql=f"cat >/dev/null; echo no >&2; {ends}")
    steps: list[str] = []
    with pytest.raises(CannotCopy, match=says):
        put_back._fill(server, tmp_path / "dump", steps.append)
    assert steps == ["committing"]


def test_a_backup_that_is_cut_is_not_committed(tmp_path: Path) -> None:
    server = made(tmp_path, pg_restore="echo cut >&2; exit 1", psql="cat >/dev/null")
    steps: list[str] = []
    with pytest.raises(CannotCopy, match="nothing was changed: cut"):
        put_back._fill(server, tmp_path / "dump", steps.append)
    assert steps == []
