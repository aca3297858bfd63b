"""Migrations beside a service: they give way, try again, and one at a time."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from src.config import Config
from src.embedded.layout import OWNER, SUPERUSER, Layout
from tests import warm

ADD = "op.execute('ALTER TABLE t ADD COLUMN b int')"
INDEX = """
    with op.get_context().autocommit_block():
        op.execute("CREATE UNIQUE INDEX CONCURRENTLY ix_t_a ON t (a)")"""
# Beside a migration's two connections, the other's that waits for its turn.
SLOW = """op.execute('''
    DO $$ BEGIN
      FOR tries IN 1..300 LOOP
        PERFORM pg_sleep(0.1), pg_stat_clear_snapshot();
        EXIT WHEN (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) > 2;
      END LOOP;
      PERFORM pg_sleep(1);
    END $$''')
    op.execute('ALTER TABLE t ADD COLUMN c int')"""


@pytest.fixture
def database(layout: Layout, config: Config) -> Iterator[str]:
    """An empty database of the owner's, with one table of two equal rows."""
    url = layout.database_url(SUPERUSER, "postgres")
    with closing(psycopg2.connect(url)) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE migrating OWNER {OWNER}")
            own = layout.database_url(OWNER, "migrating")
            do(own, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)")
            yield own
            cursor.execute("DROP DATABASE migrating WITH (FORCE)")


def do(url: str, statement: str) -> Any:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None


def migrations(root: Path, folder: Path, *bodies: str) -> Path:
    """The project's own way of running them, with others to run."""
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "alembic.ini", "script.py.mako"):
        shutil.copy(root / "migrations" / name, folder)
    for number, body in enumerate(bodies, 1):
        before = f"'{number - 1:04}'" if number > 1 else None
        (folder / "versions" / f"{number:04}_step.py").write_text(
            f"from alembic import op\nrevision = '{number:04}'\ndown_revision = {before}\n"
            f"def upgrade() -> None:\n    {body}\n"
        )
    return folder


@contextmanager
def upgrading(config: Config, root: Path, url: str, folder: Path) -> Iterator[Any]:
    environ = {
        "PATH": os.environ["PATH"], "DATABASE_URL": url, "SECRET_KEY": config.secret_key,
        "TALENTSPHERE_DATA_DIR": str(folder), "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "src.main", "db", "upgrade"]
    process = warm.Popen([*command, "-d", str(folder)], cwd=root, env=environ,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.long
def test_a_migration_gives_way_and_comes_again(
    config: Config, root: Path, database: str, tmp_path: Path
) -> None:
    folder, waits = migrations(root, tmp_path / "m", ADD), []
    with closing(psycopg2.connect(database)) as reader:
        with reader.cursor() as cursor:
            cursor.execute("SELECT FROM t")
        with upgrading(config, root, database, folder) as process:
            # Until it has stood in the way, and given way, twice.
            while len([wait for wait in waits if wait > 0.5]) < 2:
                begun = time.monotonic()
                do(database, "SELECT FROM t")
                waits.append(time.monotonic() - begun)
                time.sleep(0.05)
            reader.rollback()
            _, words = process.communicate(timeout=60)
            assert process.returncode == 0, words
    assert "migration_waits" in words
    assert max(waits) < 2
    assert do(database, "SELECT b FROM t") == [(None,), (None,)]


def test_what_a_failed_build_left_is_dropped_first(
    config: Config, root: Path, database: str, tmp_path: Path
) -> None:
    with pytest.raises(psycopg2.errors.UniqueViolation):
        do(database, "CREATE UNIQUE INDEX CONCURRENTLY ix_t_a ON t (a)")
    do(database, "UPDATE t SET a = 2 WHERE ctid = (SELECT max(ctid) FROM t)")
    with upgrading(config, root, database, migrations(root, tmp_path / "m", INDEX)) as process:
        _, words = process.communicate(timeout=60)
        assert process.returncode == 0, words
    assert "invalid_index_dropped" in words
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_t_a'::regclass"
    assert do(database, valid) == [(True,)]


def test_code_that_was_brought_back_leaves_a_newer_schema_as_it_is(
    config: Config, root: Path, database: str, tmp_path: Path
) -> None:
    later = migrations(root, tmp_path / "later", ADD, INDEX.replace("UNIQUE ", ""))
    earlier = migrations(root, tmp_path / "earlier", ADD)
    for folder in (later, earlier):
        with upgrading(config, root, database, folder) as process:
            _, words = process.communicate(timeout=60)
            assert process.returncode == 0, words
    assert "schema_is_newer" in words
    assert do(database, "SELECT version_num FROM alembic_version") == [("0002",)]


def test_two_deploys_migrate_one_after_the_other(
    config: Config, root: Path, database: str, tmp_path: Path
) -> None:
    folder = migrations(root, tmp_path / "m", ADD, SLOW)
    with (
        upgrading(config, root, database, folder) as one,
        upgrading(config, root, database, folder) as other,
    ):
        words = [process.communicate(timeout=60)[1] for process in (one, other)]
        assert (one.returncode, other.returncode) == (0, 0), words
    assert "waiting_for_another_migration" in "".join(words)
    assert do(database, "SELECT version_num FROM alembic_version") == [("0002",)]
