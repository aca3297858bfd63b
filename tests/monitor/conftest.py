"""A service with data, counters and a cache server of its own, and the monitor's look at it."""

import dataclasses
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from flask import Flask

from src.config import Config
from src.database import db
from src.embedded import valkey
from src.embedded.layout import Layout
from src.embedded.process import Child
from src.main import create_app
from src.ops.monitor import reading, thresholds
from src.ops.monitor.reading import Monitor
from tests.conftest import Client

Look = Callable[..., dict[str, Any]]


@pytest.fixture
def cache_child(tmp_path: Path) -> Iterator[tuple[Child, str]]:
    """A cache server of this test alone, and its URL; it may be stopped or killed."""
    layout = Layout(tmp_path / "cache")
    layout.prepare()
    child = valkey.start(layout)
    yield child, layout.redis_url
    if child.poll() is None:
        child.send_signal(signal.SIGCONT)
    valkey.stop(child)
    layout.remove_sockets()


@pytest.fixture
def service(committed: Flask, tmp_path: Path, cache_child: tuple[Child, str]) -> Iterator[Flask]:
    """An application to which 50 ms are slow; its counters are in the test's folder."""
    config = dataclasses.replace(
        committed.config["TALENTSPHERE"],
        data_dir=tmp_path,
        redis_url=cache_child[1],
        slow_query_seconds=0.05,
    )
    app = create_app(config)
    app.test_client_class = Client
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["counters"].close()


@pytest.fixture
def settings(service: Flask) -> Config:
    """The settings of that service."""
    found: Config = service.config["TALENTSPHERE"]
    return found


@pytest.fixture
def look(settings: Config) -> Look:
    """Looks at the service as monitor_performance.py does, with some thresholds and settings."""

    def report(*changed: str, **settled: Any) -> dict[str, Any]:
        with closing(Monitor(dataclasses.replace(settings, **settled))) as source:
            seen = source.see(is_first=True)
        return reading.report(seen, None, thresholds.read(list(changed)))

    return report


@pytest.fixture
def owner(settings: Config) -> Iterator[Any]:
    """A connection of the database's owner, which commits by itself."""
    connection = psycopg2.connect(settings.migration_database_url.replace("+psycopg2", ""))
    connection.autocommit = True
    yield connection
    connection.close()


@pytest.fixture
def environ(settings: Config) -> dict[str, str]:
    """The environment of that service, for a second shell."""
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url,
        "REDIS_URL": settings.redis_url or "",
        "SECRET_KEY": settings.secret_key,
        "TALENTSPHERE_DATA_DIR": str(settings.data_dir),
        "TERM": "xterm",
    }


def verdict(report: dict[str, Any], section: str, name: str) -> dict[str, Any]:
    """The verdict on a figure."""
    return next(
        found
        for found in report["verdicts"]
        if (found["section"], found["name"]) == (section, name)
    )
