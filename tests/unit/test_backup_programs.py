"""What the programs that back up and restore are told, and what everybody may read of it."""

from pathlib import Path

import pytest

from src.ops.backup.server import Server


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
