"""The scripts that back up and restore, run as an operator runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from src.embedded.layout import APP, OWNER, Layout
from tests import warm
from tests.conftest import SECRET
from tests.served import ROOT

Ran = tuple[int, dict[str, Any], str]
RESTORE = (sys.executable, "-m", "scripts.restore")
PIPES: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def environ_of(data_dir: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "TALENTSPHERE_DATA_DIR": str(data_dir)}


def stated(layout: Layout, data_dir: Path, database: str) -> dict[str, str]:
    """An environment that names a database of these servers, and a data folder of its own."""
    return environ_of(data_dir) | {
        "DATABASE_URL": layout.database_url(APP, database), "SECRET_KEY": SECRET,
        "MIGRATION_DATABASE_URL": layout.database_url(OWNER, database),
    }  # fmt: skip


@contextmanager
def started(
    environ: Mapping[str, str], script: str, *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    """The script at work, which is killed afterwards."""
    command = ["bash", str(ROOT / "scripts" / script), *arguments]
    with subprocess.Popen(command, env=environ, text=True, **PIPES) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def restoring(environ: Mapping[str, str], dump: str) -> Iterator[subprocess.Popen[str]]:
    """The restore that the script becomes, started warm; it is killed afterwards."""
    with warm.Popen([*RESTORE, dump], cwd=ROOT, env=environ, text=True, **PIPES) as process:
        try:
            yield process
        finally:
            process.kill()


def restored(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What that does to its end."""
    return warm.run(
        [*RESTORE, *arguments], cwd=ROOT, env=environ_of(data_dir), capture_output=True, text=True
    )


def blocked(cursor: Any) -> dict[str, int]:
    """The clients that wait for what this session has locked: the server's process of each, by the
    client's name. The service has one, pg_dump too, and the commands themselves have none.
    """
    cursor.execute("SELECT pg_stat_clear_snapshot()")
    cursor.execute(
        "SELECT application_name, pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        " AND wait_event_type = 'Lock' AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    return dict(cursor.fetchall())


def end_sessions(url: str, pids: Iterable[int]) -> None:
    """As a server does that is restarted."""
    with closing(psycopg2.connect(url)) as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid"
        connection.cursor().execute(ended, [list(pids)])


def ran(
    root: Path, data_dir: Path, script: str, *arguments: str, folder: Path | None = None
) -> Any:
    command = ["bash", str(root / "scripts" / script), *arguments]
    return subprocess.run(
        command, env=environ_of(data_dir), capture_output=True, text=True, check=False, cwd=folder
    )


def run(root: Path, data_dir: Path, script: str, *arguments: str) -> Ran:
    done = ran(root, data_dir, script, "--json", *arguments)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr
