"""A service of somebody else's database starts without it, and is whole once it answers."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from flask import Flask

from src.database import db
from src.embedded.guards import free_port
from src.embedded.layout import APP, OWNER, SUPERUSER, Layout
from tests.served import wait_for

pytestmark = pytest.mark.long


def status(port: int, path: str) -> int | None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None


@pytest.fixture
def short() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def mute(place: Path) -> socket.socket:
    """A server that takes connections and never says a word."""
    place.mkdir()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(place / ".s.PGSQL.5432"))
    listener.listen(100)
    return listener


@pytest.fixture
def late(layout: Layout, shared_app: Flask) -> Iterator[str]:
    """A migrated database whose application has no rights yet, as after a restored backup."""
    with shared_app.app_context():
        db.engine.dispose()
    with closing(psycopg2.connect(layout.database_url(SUPERUSER, "postgres"))) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE late TEMPLATE talentsphere OWNER {OWNER}")
            with closing(psycopg2.connect(layout.database_url(OWNER, "late"))) as owner:
                owner.cursor().execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP}")
                owner.commit()
            yield "late"
            cursor.execute("DROP DATABASE late WITH (FORCE)")


def test_it_serves_what_needs_no_database_and_catches_up_once_there_is_one(
    layout: Layout, late: str, tmp_path: Path, short: Path, root: Path
) -> None:
    # The path of a socket may have a hundred letters.
    port, place = free_port(), short / "s"
    urls = [
        layout.database_url(role, late).replace(str(layout.sockets), str(place))
        for role in (APP, OWNER)
    ]
    environ = {
        "PATH": os.environ["PATH"], "TALENTSPHERE_DATA_DIR": str(tmp_path / "var"),
        "PORT": str(port), "WEB_CONCURRENCY": "1", "SECRET_KEY": "0123456789abcdef" * 3,
        "DATABASE_URL": urls[0], "MIGRATION_DATABASE_URL": urls[1],
    }  # fmt: skip
    silent = mute(place)
    supervisor = subprocess.Popen([sys.executable, "-m", "scripts.serve"], cwd=root, env=environ)
    try:
        wait_for(lambda: status(port, "/health") == 200, 60)
        assert status(port, "/api/v1/jobs") == 503
        silent.close()
        shutil.rmtree(place)
        place.symlink_to(layout.sockets)
        wait_for(lambda: status(port, "/api/v1/jobs") == 200, 60)
        assert status(port, "/health/ready") == 200
    finally:
        supervisor.terminate()
        assert supervisor.wait(60) == 0
