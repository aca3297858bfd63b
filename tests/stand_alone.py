"""The application over servers of its own, for the commands that try it outside of pytest."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
from flask import Flask

from scripts import prepared
from src.config import Config
from src.embedded import postgres, valkey
from src.embedded.layout import APP, OWNER, Layout
from src.main import create_app
from tests.conftest import Client, let_tests_be_the_owner


@contextmanager
def application() -> Iterator[Flask]:
    """Migrated, with a cache; gone with its servers afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder))
        layout.prepare()
        prepared.begin_in(layout.data_dir)
        server, cache = postgres.start(layout, durable=False), valkey.start(layout)
        try:
            postgres.ensure_database(layout)
            let_tests_be_the_owner(layout)
            app = create_app(_config(layout))
            app.test_client_class = Client
            with app.app_context():
                flask_migrate.upgrade()
            yield app
        finally:
            valkey.stop(cache)
            postgres.stop(server)
            layout.remove_sockets()


def _config(layout: Layout) -> Config:
    return Config.from_environment(
        {
            "DATABASE_URL": layout.database_url(APP),
            "MIGRATION_DATABASE_URL": layout.database_url(OWNER),
            "REDIS_URL": layout.redis_url,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "TALENTSPHERE_EMBEDDED": "1",
            "TALENTSPHERE_DATA_DIR": str(layout.data_dir),
            "LOG_LEVEL": "ERROR",
        }
    )
