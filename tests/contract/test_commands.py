"""What keeps a command from running is said in a sentence, and told apart from what it finds."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg2
import pytest
from flask import Flask

from scripts import (
    create_admin,
    demo_data,
    import_jobs,
    rebuild_search,
    reconcile,
    seed,
    warm_cache,
)
from src.config import Config
from src.database import db
from src.embedded.layout import OWNER, Layout
from src.ops import demo, demo_applications, owner
from src.utils import db_optimization
from tests.commands import Said
from tests.conftest import SECRET
from tests.factories import rows
from tests.postings import posting, written
from tests.served import wait_for

PASSWORD = "a-password-of-the-database"
OPTIONS: dict[ModuleType, tuple[str, ...]] = {
    reconcile: (), rebuild_search: ("--check",), import_jobs: ("jobs.jsonl",),
    create_admin: ("first@admin.example",), demo_data: ("--force",),
    seed: ("--jobs", "100", "--companies", "2", "--applications", "0"),
}  # fmt: skip
EVERY_COMMAND = pytest.mark.parametrize("script", OPTIONS, ids=lambda script: script.__name__)
Lead = Callable[[str], None]


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Lead]:
    """Leads the commands to a database, in a folder with a file of postings."""
    written(tmp_path / "jobs.jsonl", [posting()])
    monkeypatch.chdir(tmp_path)
    made: list[Flask] = []
    for script in (*OPTIONS, warm_cache):
        create = script.create_app

        def remember(config: Config, create: Callable[[Config], Flask] = create) -> Flask:
            made.append(create(config))
            return made[-1]

        monkeypatch.setattr(script, "create_app", remember)

    def to(url: str) -> None:
        for name in ("MIGRATION_DATABASE_URL", "DATABASE_DIRECT_URL", "REDIS_URL"):
            monkeypatch.delenv(name, raising=False)
        settings = {
            "DATABASE_URL": url, "SECRET_KEY": SECRET, "LOG_LEVEL": "ERROR",
            "TALENTSPHERE_DATA_DIR": str(tmp_path),
        }  # fmt: skip
        for name, value in settings.items():
            monkeypatch.setenv(name, value)

    yield to
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["counters"].close()


def owner_url(app: Flask) -> str:
    return str(app.config["TALENTSPHERE"].migration_database_url)


@EVERY_COMMAND
def test_a_database_that_is_not_there_is_told_in_a_sentence_without_its_password(
    said: Said, lead: Lead, script: ModuleType
) -> None:
    lead(f"postgresql://u:{PASSWORD}@127.0.0.1:1/x")
    code, printed, errors = said(script.main, *OPTIONS[script])
    assert (code, printed, errors.count("\n")) == (2, "", 1)
    assert "the database cannot be reached" in errors
    assert PASSWORD not in errors


@EVERY_COMMAND
def test_a_database_without_a_schema_is_told_in_a_sentence(
    said: Said, lead: Lead, layout: Layout, script: ModuleType
) -> None:
    lead(layout.database_url(OWNER, "postgres"))
    code, printed, errors = said(script.main, *OPTIONS[script])
    assert (code, printed, errors.count("\n")) == (2, "", 1)
    assert "bring the schema up to date" in errors


def test_a_database_that_has_stopped_is_told_in_a_sentence(said: Said, lead: Lead) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lead(f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/x")
        code, _, errors = said(reconcile.main)
    assert (code, errors.count("\n"), "cannot be reached" in errors) == (2, 1, True)


def test_a_command_s_statements_take_their_time(lead: Lead, committed: Flask) -> None:
    lead(owner_url(committed))
    with owner.application(import_jobs.create_app).app_context():
        limits = [
            rows(f"SHOW {name}")[0][0]
            for name in ("statement_timeout", "idle_in_transaction_session_timeout")
        ]
    assert limits == ["0", "0"]


_SLOW = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END';
CREATE TRIGGER slow AFTER INSERT ON companies FOR EACH STATEMENT EXECUTE FUNCTION slow()
"""


@pytest.fixture
def slow(committed: Flask) -> Iterator[None]:
    """A database that takes its time to write companies."""
    with closing(psycopg2.connect(owner_url(committed).replace("+psycopg2", ""))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_SLOW)
            yield
            cursor.execute("DROP FUNCTION slow CASCADE")


@pytest.mark.long
def test_the_demo_loads_however_slow_the_machine_is(
    said: Said, lead: Lead, committed: Flask, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "CANDIDATES", 40)
    monkeypatch.setattr(demo, "BOOKMARKS", 60)
    monkeypatch.setattr(demo_applications, "APPLICATIONS", 100)
    monkeypatch.setitem(db_optimization._SESSION, "statement_timeout", 300)
    lead(owner_url(committed))
    code, printed, errors = said(demo_data.main, "--force")
    assert (code, errors) == (0, "")
    assert "Sign in with" in printed


def opened(pipe: Path, process: subprocess.Popen[str]) -> int:
    """The end to write to of a pipe that this process reads; it fails when that has ended."""
    ends: list[int] = []

    def is_read() -> bool:
        assert process.poll() is None, process.communicate()[1]
        # Nobody reads yet.
        with suppress(OSError):
            ends.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return bool(ends)

    wait_for(is_read, 60)
    return ends[0]


def test_an_import_that_is_interrupted_ends_with_a_line(
    committed: Flask, root: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "jobs.jsonl"
    os.mkfifo(pipe)
    environ = os.environ | {"DATABASE_URL": owner_url(committed), "SECRET_KEY": SECRET}
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.import_jobs", str(pipe)], cwd=root, env=environ,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A shell starts what runs beside it deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    with open(opened(pipe, process), "wb"):
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, "")
    assert errors == "import_jobs: interrupted\n"


def test_a_warming_that_is_interrupted_ends_with_a_line(
    said: Said, lead: Lead, committed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: float) -> dict[str, Any]:
        raise KeyboardInterrupt

    lead(owner_url(committed))
    monkeypatch.setenv("REDIS_URL", committed.config["TALENTSPHERE"].redis_url)
    monkeypatch.setattr(warm_cache.warming, "warm", interrupted)
    assert said(warm_cache.main) == (130, "", "command: interrupted\n")


def test_an_address_that_has_an_account_is_no_trouble_of_the_database(
    said: Said, lead: Lead, committed: Flask
) -> None:
    lead(owner_url(committed))
    assert said(create_admin.main, "first@admin.example")[0] == 0
    code, _, errors = said(create_admin.main, "first@admin.example")
    assert (code, errors.count("\n")) == (1, 1)
    code, _, errors = said(create_admin.main, "nobody")
    assert (code, "EMAIL" in errors) == (2, True)
