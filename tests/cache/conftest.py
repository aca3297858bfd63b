"""Two applications over one database: one answers from the cache, the other never does."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask

from src.database import db
from src.main import create_app
from tests.conftest import PlainClient


def client_of(app: Flask) -> PlainClient:
    """A caller for whom nothing is delivered but what the application itself delivers."""
    return PlainClient(app, app.response_class, use_cookies=False)


@pytest.fixture
def cached(committed: Flask) -> PlainClient:
    """A caller of the application with a cache."""
    return client_of(committed)


@pytest.fixture(scope="session")
def uncached_app(committed_app: Flask) -> Iterator[Flask]:
    """The same database without a cache."""
    config = committed_app.config["TALENTSPHERE"]
    app = create_app(dataclasses.replace(config, cache_enabled=False))
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["counters"].close()


@pytest.fixture
def uncached(committed: Flask, uncached_app: Flask) -> PlainClient:
    """A caller who is always answered from the database."""
    return client_of(uncached_app)
