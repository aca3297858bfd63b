"""Backups: of a service at work, put back whole, refused where something could be lost."""

import json
import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from src.config import Config
from src.embedded import offline, postgres
from src.embedded.layout import Layout
from src.ops.backup import ended, manifest, put_back, server, tables
from src.ops.backup.server import CannotCopy
from src.ops.backup.tables import Content
from tests.backups import restored, run
from tests.served import ROOT, Instance, run_file, started_before

pytestmark = pytest.mark.long

# What may have ended since the backup, and beside each what may not: tomorrow's, so that no worker
# takes them meanwhile.
PLANTED = """
DELETE FROM sessions; DELETE FROM one_time_tokens; DELETE FROM api_keys;
DELETE FROM procrastinate_jobs WHERE task_name ~ '^(mail|account|alerts)';
INSERT INTO users (email, role, first_name, last_name)
  VALUES ('a@mail.example', 'candidate', 'A', 'B');
INSERT INTO sessions (user_id, token_hash, expires_at)
  SELECT id, digit::bytea, now() + interval '9 days' FROM users, unnest(ARRAY['1', '2']) AS digit;
INSERT INTO one_time_tokens (user_id, purpose, token_hash, expires_at, used_at)
  SELECT id, 'reset_password', digit::bytea, now() + interval '9 days',
         CASE digit WHEN '2' THEN now() END
  FROM users, unnest(ARRAY['1', '2', '3']) AS digit;
INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes, revoked_at)
  SELECT id, 'Mine', 'tsk_', digit::bytea, '{}', CASE digit WHEN '1' THEN now() END
  FROM users, unnest(ARRAY['1', '2']) AS digit;
INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)
  SELECT 'default', name, 'todo', now() + interval '1 day'
  FROM unnest(ARRAY['mail.send', 'account.send_reset', 'alerts.send', 'alerts.catch_up']) AS name;
INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES
  ('default', 'mail.send', 'succeeded'), ('default', 'mail.send', 'failed')
"""
TASKS = """
SELECT task_name, status FROM procrastinate_jobs WHERE args = '{}' AND task_name ~ '^(mail|ac|al)'
ORDER BY id
"""
KEYS = "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL"


@pytest.fixture(scope="module")
def shared(shared_instance: Instance) -> Path:
    """The data folder of a served instance that a test leaves as it was, but for its backups."""
    return shared_instance[1]


@pytest.fixture(scope="module")
def first_taken(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A backup of it, with somebody's sessions and mails, and what the command said of it."""
    with closing(psycopg2.connect(run_file(shared)["migration_database_url"])) as connection:
        connection.cursor().execute(PLANTED)
        connection.commit()
    dump = str(tmp_path_factory.mktemp("backup") / "taken.dump")
    code, said, errors = run(ROOT, shared, "backup.sh", "--checksums", dump)
    assert code == 0, errors
    return said


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A server's folder without the service's database, as a restore would make it first."""
    layout = Layout(tmp_path_factory.mktemp("cluster"))
    layout.prepare()
    postgres.stop(postgres.start(layout, durable=False))
    layout.remove_sockets()
    return layout


@pytest.fixture
def second(cluster: Layout, tmp_path: Path) -> Path:
    """Another data folder, for what is put back."""
    shutil.copytree(cluster.postgres, Layout(tmp_path / "second").postgres)
    return tmp_path / "second"


@pytest.fixture
def taken(first_taken: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """A copy of it that may be hurt."""
    copies = {name: shutil.copy(first_taken[name], tmp_path) for name in ("file", "manifest")}
    return first_taken | {name: str(copy) for name, copy in copies.items()}


def content(config: Config) -> dict[str, Content]:
    with closing(server.of(config).connect()) as connection, connection.cursor() as cursor:
        return tables.read(cursor, checksums=True)


def found(url: str, query: str, *values: Any) -> list[Any]:
    plain = url.replace("+psycopg2", "")
    with closing(psycopg2.connect(plain)) as connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return [tuple(row) for row in cursor]


def may_write(url: str, table: str) -> bool:
    return bool(found(url, "SELECT has_table_privilege(%s, 'INSERT')", table)[0][0])


def test_a_backup_is_private_and_says_what_it_holds(shared: Path, root: Path) -> None:
    shutil.rmtree(shared / "backups", ignore_errors=True)
    code, said, _ = run(root, shared, "backup.sh")
    dump, beside = Path(said["file"]), Path(said["manifest"])
    assert (code, dump.parent) == (0, shared / "backups")
    assert {dump.stat().st_mode & 0o777, beside.stat().st_mode & 0o777} == {0o600}
    assert sorted(dump.parent.iterdir()) == sorted([dump, beside])
    assert said["tables"]["categories"] == {"rows": 33, "sha256": None}
    assert said["file_bytes"] == dump.stat().st_size


def test_what_is_put_back_is_the_same_row_for_row_and_serves(
    taken: dict[str, Any], root: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    code, said, errors = run(root, second, "restore.sh", taken["file"])
    assert (code, said["differences"], said["figures"]) == (0, [], []), errors
    with offline.settings({"TALENTSPHERE_DATA_DIR": str(second)}) as environ:
        config = Config.from_environment(environ)
        expected = {name: Content(**held) for name, held in taken["tables"].items()}
        left = ended.left(expected, said["ended"])
        assert tables.differences(left, content(config)) == []
        compared = {name for name, held in left.items() if held.sha256}
        assert set(left) - compared == {
            "sessions", "one_time_tokens", "procrastinate_jobs", "procrastinate_events"
        }  # fmt: skip
        assert found(config.owner_database_url, KEYS) == [(1,)]
        assert may_write(config.database_url, "users")
        assert not may_write(config.database_url, "application_counts")


def test_what_may_have_ended_since_the_backup_does_not_come_back(
    taken: dict[str, Any], second: Path
) -> None:
    done = restored(second, taken["file"], "--revoke-keys")
    assert done.returncode == 0, done.stderr
    said = "ended: 2 sessions, 2 unused codes, 3 waiting mails, 1 API keys"
    assert said in done.stdout.splitlines()
    assert f"Passwords and API keys are as of {taken['taken_at']}" in done.stdout
    with offline.settings({"TALENTSPHERE_DATA_DIR": str(second)}) as environ:
        url = Config.from_environment(environ).owner_database_url
        assert found(url, "SELECT 1 FROM sessions") == []
        used = found(url, "SELECT token_hash::text, used_at IS NULL FROM one_time_tokens")
        assert used == [("\\x32", False)]
        assert found(url, KEYS) == [(0,)]
        assert found(url, TASKS) == [
            ("alerts.catch_up", "todo"), ("mail.send", "succeeded"), ("mail.send", "failed")
        ]  # fmt: skip


def test_a_full_database_is_left_alone_and_a_serving_one_even_under_force(
    shared: Path, taken: dict[str, Any], root: Path
) -> None:
    code, _, why = run(root, shared, "restore.sh", taken["file"])
    assert (code, f"the database has {len(taken['tables'])} tables" in why) == (2, True)
    code, _, why = run(root, shared, "restore.sh", "--force", taken["file"])
    assert (code, "stop it first" in why) == (2, True)


def test_a_damaged_or_unknown_file_changes_nothing(
    taken: dict[str, Any], root: Path, tmp_path: Path
) -> None:
    dump, second = Path(taken["file"]), tmp_path / "second"
    alone = shutil.copy(dump, tmp_path / "alone.dump")
    assert "no manifest" in run(root, second, "restore.sh", str(alone))[2]
    with dump.open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(b"damage")
    code, _, why = run(root, second, "restore.sh", str(dump))
    assert (code, "cut or damaged" in why) == (2, True)


def test_a_dump_that_ends_too_early_is_rolled_back(
    taken: dict[str, Any], root: Path, second: Path
) -> None:
    dump, beside = Path(taken["file"]), Path(taken["manifest"])
    os.truncate(dump, taken["file_bytes"] - 20_000)
    cut = {"file_bytes": dump.stat().st_size, "file_sha256": manifest.sha256(dump)}
    beside.write_text(json.dumps(json.loads(beside.read_text()) | cut))
    code, _, why = run(root, second, "restore.sh", str(dump))
    assert (code, "nothing was changed" in why) == (2, True)
    with offline.settings({"TALENTSPHERE_DATA_DIR": str(second)}) as environ:
        assert content(Config.from_environment(environ)) == {}


def test_force_replaces_what_a_stopped_instance_holds(
    taken: dict[str, Any], first_start: Path, tmp_path: Path
) -> None:
    data_dir = started_before(tmp_path / "stopped", first_start)
    with (
        offline.settings({"TALENTSPHERE_DATA_DIR": str(data_dir)}) as environ,
        closing(psycopg2.connect(environ["MIGRATION_DATABASE_URL"])) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE later (id int); DELETE FROM categories WHERE id = 33")
    done = restored(data_dir, "--json", "--force", taken["file"])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["differences"] == []


def test_without_a_service_there_is_nothing_to_back_up(root: Path, tmp_path: Path) -> None:
    code, _, why = run(root, tmp_path, "backup.sh")
    assert code == 2
    assert "no embedded instance is serving" in why


def test_a_password_is_not_among_a_programs_arguments() -> None:
    remote = server.Server("postgresql://owner:s3cret@127.0.0.1:1/none", "18.0", Path("/bin"))
    program = remote.start("echo")
    assert program.communicate()[0] == b"--dbname=postgresql://owner@127.0.0.1:1/none\n"
    settings = {"DATABASE_URL": remote.url, "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"}
    with pytest.raises(CannotCopy, match="cannot be reached"):
        server.of(Config.from_environment(settings))


def test_tables_that_differ_are_named_with_how() -> None:
    old = {"a": Content(3, "x"), "b": Content(3, "x"), "c": Content(1), "d": Content(2, "x")}
    new = {"a": Content(3, "x"), "b": Content(3, "y"), "d": Content(5, "y"), "e": Content(0)}
    assert tables.differences(old, new) == [
        "b: as many rows, but not the same", "c: only before", "d: 2 rows before, 5 after",
        "e: only after",
    ]  # fmt: skip


def test_what_only_newer_servers_know_is_not_told_to_an_older_one(tmp_path: Path) -> None:
    """pg_restore 17 and later set what 15 and 16 refuse; the service may run on these."""
    told = tmp_path / "told"
    words = "SET lock_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE t ();\n"
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with (
        subprocess.Popen(["printf", words], **pipes) as script,
        subprocess.Popen(["tee", str(told)], stdin=subprocess.PIPE, **pipes) as psql,
    ):
        put_back._copy(script, psql, lambda _: None)
    assert "transaction_timeout" not in told.read_text()
    assert "SET lock_timeout = 0;\nCREATE TABLE t ();\n\nCOMMIT;" in told.read_text()
