"""A database for one test, whose indexes may be broken, reached as its owner."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from flask import Flask

from src.config import Config
from src.database import db
from src.embedded.layout import OWNER, SUPERUSER, Layout
from src.main import create_app

NAME = "spare"
# Runs a statement on a connection of its own, and gives its rows.
Sql = Callable[[str], list[Any]]


@contextmanager
def connected(layout: Layout, role: str = OWNER, database: str = NAME) -> Iterator[Any]:
    """Another session, each of whose statements is its own transaction."""
    connection = psycopg2.connect(layout.database_url(role, database))
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


@contextmanager
def spare_database(layout: Layout, shared_app: Flask, config: Config) -> Iterator[Flask]:
    """The application as the owner of a fresh database that is dropped afterwards."""
    with shared_app.app_context():
        db.engine.dispose()
    with connected(layout, SUPERUSER, "postgres") as admin:
        admin.execute(f"CREATE DATABASE {NAME} TEMPLATE talentsphere OWNER {OWNER}")
    url = config.migration_database_url.replace("/talentsphere?", f"/{NAME}?")
    app = create_app(
        dataclasses.replace(
            config, database_url=url, direct_database_url=url, migration_database_url=url
        )
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["counters"].close()
    with connected(layout, SUPERUSER, "postgres") as admin:
        admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture
def spare(layout: Layout, shared_app: Flask, config: Config) -> Iterator[Flask]:
    """A spare database for one test."""
    with spare_database(layout, shared_app, config) as app:
        yield app


@pytest.fixture
def sql(spare: Flask, layout: Layout) -> Iterator[Sql]:
    """Statements on the spare database, as the server's superuser."""
    with connected(layout, SUPERUSER) as cursor:

        def run(statement: str) -> list[Any]:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

        yield run
