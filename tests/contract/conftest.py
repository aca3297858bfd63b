"""One world for all the tests of a file: what they try is refused, so it stays as it is."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import in_one_transaction
from tests.contract.world import World, build


@pytest.fixture(scope="module")
def world_app(shared_app: Flask) -> Iterator[Flask]:
    """The application inside one transaction for the whole file."""
    with in_one_transaction(shared_app):
        yield shared_app


@pytest.fixture(scope="module")
def world(world_app: Flask) -> World:
    """Two companies and everybody who may call."""
    return build()


@pytest.fixture(scope="module")
def caller(world_app: Flask) -> FlaskClient:
    """A client in that transaction."""
    return world_app.test_client()
