"""The world of the contract tests, with words planted in every row that is somebody's own."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import in_one_transaction, undoing
from tests.security.planted import Planted, plant


@pytest.fixture(scope="module")
def world_app(shared_app: Flask) -> Iterator[Flask]:
    """The application inside one transaction for the whole file."""
    with in_one_transaction(shared_app):
        yield shared_app


@pytest.fixture(scope="module")
def world(world_app: Flask) -> Planted:
    """Two companies and everybody who may call."""
    return plant()


@pytest.fixture(scope="module")
def caller(world_app: Flask) -> FlaskClient:
    """A client in that transaction."""
    return world_app.test_client()


@pytest.fixture
def undone(world: Planted) -> Iterator[None]:
    """What the test's requests wrote is rolled back."""
    with undoing():
        yield
