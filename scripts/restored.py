"""What scripts/restore.sh does with the application once the database is filled again."""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from alembic import command as alembic
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Engine, event

from src.config import Config
from src.main import create_app
from src.ops import owner, reconcile
from src.ops.backup import interruption, server
from src.ops.backup.server import CannotCopy
from src.ops.reconcile import Difference
from src.utils import driver_words
from src.utils.cache import cache

Result = TypeVar("Result")


def migrate(config: Config) -> None:
    """Bring the schema up to date. The migrations also give the application's role its rights,
    which are in no dump.

    Raises CannotCopy and, when a signal comes, Interrupted.
    """
    # The words of who fails are told; what the migrations log belongs to nobody here.
    app = create_app(dataclasses.replace(config, log_level="ERROR"))
    extension: Migrate = app.extensions["migrate"].migrate
    try:
        _heeding(app, lambda: alembic.upgrade(extension.get_config(), "head"))
    except Exception as error:
        reason = driver_words.of(driver_words.failure(error) or error)
        words = f"restored with its sessions, but the migrations failed: {reason}"
        raise CannotCopy(words) from error


def figures(config: Config) -> list[Difference]:
    """Those that are not what the log says, once no cached answer is believed any more.

    Raises as before.
    """

    def differing() -> list[Difference]:
        cache.clear_all()
        return reconcile.differences()

    with server.failing_as("restored, but its figures cannot be checked"):
        return _heeding(create_app(owner.settings(config)), differing)


def _heeding(app: Flask, work: Callable[[], Result]) -> Result:
    """Do this within the application, and let go of every connection when a signal comes."""
    connections: list[Any] = []

    def opened(raw: Any, *_: object) -> None:
        connections.append(raw)

    # Whoever makes the engine: migrations make one of their own.
    event.listen(Engine, "connect", opened)
    try:
        with app.app_context():
            return interruption.heed(connections, work)
    finally:
        event.remove(Engine, "connect", opened)
