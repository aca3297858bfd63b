"""A real PostgreSQL and a real cache for the tests; each test's writes are rolled back."""

import contextvars
import dataclasses
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from flask import Flask, appcontext_tearing_down, has_app_context, has_request_context
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import ImmutableDict
from werkzeug.test import TestResponse

from scripts import prepared
from src.config import Config
from src.database import db
from src.embedded import postgres, valkey
from src.embedded.layout import APP, OWNER, SUPERUSER, Layout
from src.main import create_app
from src.utils import passwords
from src.utils.cache import cache
from tests import factories
from tests.emptying import empty

pytest_plugins = (
    "tests.room", "tests.served", "tests.security.live", "tests.forms", "tests.fuzzing",
    "tests.commands",
)  # fmt: skip
SECRET = "a-secret-for-tests-only-0123456789-abcdefgh"
# A SELECT here calls nothing that writes; what begins otherwise may.
READING = ("SELECT", "SET")
WRITING = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE)\b")


# Who starts the tests in the background has them ignore Ctrl-C, and all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Nothing drains, probes or purges beside a test that has not asked for it.
Flask.default_config = ImmutableDict({**Flask.default_config, "BACKGROUND": False})


def act_as(connection: Connection, role: str) -> None:
    """Be the role until the transaction ends; no statement of the application's is counted."""
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.closed:
        with raw.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")


@event.listens_for(db.session, "after_begin")
def begun(_session: Any, _transaction: Any, connection: Connection) -> None:
    """A test sees and writes every row, as the owner; its requests are the application's role.

    Where the owner is connected there is nothing to say: no watchdog knows of what is said here.
    """
    if connection.engine.url.username == OWNER:
        return
    if not has_request_context():
        act_as(connection, OWNER)
    elif db.engines[None] is connection:
        act_as(connection, "NONE")


def saying(words: str) -> Callable[[Any, Connection, str], None]:
    """Says it in a tenth of the time that the engine needs for a statement."""

    def say(_dialect: Any, connection: Connection, name: str) -> None:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        with raw.cursor() as cursor:
            cursor.execute(f"{words} {name}")

    return say


# Where a test is one transaction, each of its requests has several, every one by a name of its own.
DefaultDialect.do_savepoint = saying("SAVEPOINT")  # type: ignore[method-assign]
DefaultDialect.do_rollback_to_savepoint = saying("ROLLBACK TO SAVEPOINT")  # type: ignore[method-assign]
DefaultDialect.do_release_savepoint = saying("RELEASE SAVEPOINT")  # type: ignore[method-assign]


class Writes:
    """Whether something may have been written since the last delivery."""

    seen = True


@event.listens_for(Engine, "before_cursor_execute")
def noted(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    """Most of what tests ask for only reads: nothing has to be delivered after that."""
    said = statement.lstrip()
    if said.startswith("WITH"):
        Writes.seen |= WRITING.search(said) is not None
    elif not said.startswith(READING):
        Writes.seen = True


def may_have_written() -> bool:
    """Whether there may be something to deliver; into one's own transaction nobody else writes."""
    if not has_app_context() or not isinstance(db.engines.get(None), Connection):
        return True
    db.session.flush()
    return Writes.seen


class PlainClient(FlaskClient):
    """Each request runs in a context of its own, as it would in a server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)


class Client(PlainClient):
    """Before each request, what the test wrote by itself is delivered, as the drainer would."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if may_have_written():
            deliver()
        return super().open(*args, **kwargs)


def deliver() -> None:
    """Make old in the cache what the test's own writes made old."""
    backend = cache.backend if has_app_context() else None
    if backend is not None:
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        old = {*db.session.execute(text("DELETE FROM cache_outbox RETURNING tag")).scalars()}
        if old:
            backend.deliver(old)
        Writes.seen = False


def forget() -> None:
    """An empty cache that is believed, whatever a busy machine did to the test before."""
    backend = cache.backend
    assert backend is not None
    while not backend.clear():
        time.sleep(0.05)
    backend.store.state.clear(backend.store.state.suspect)


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory, first_start: Path) -> Iterator[Layout]:
    """Servers of this test process alone, with a migrated database."""
    layout = Layout(tmp_path_factory.mktemp("embedded"))
    layout.prepare()
    prepared.copy_database(first_start, layout.data_dir)
    database = postgres.start(layout, durable=False)
    cache = valkey.start(layout)
    let_tests_be_the_owner(layout)
    yield layout
    valkey.stop(cache)
    postgres.stop(database)
    layout.remove_sockets()


def let_tests_be_the_owner(layout: Layout) -> None:
    """The application's role may become the owner, and is otherwise no more than before."""
    admin = psycopg2.connect(layout.database_url(SUPERUSER, "postgres"))
    with admin, admin.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {APP} NOINHERIT")
        cursor.execute(f"GRANT {OWNER} TO {APP}")
        cursor.execute(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")
    admin.close()


@pytest.fixture(scope="session")
def config(layout: Layout) -> Config:
    """The settings of the shared application."""
    return Config.from_environment(
        {
            "DATABASE_URL": layout.database_url(APP),
            "MIGRATION_DATABASE_URL": layout.database_url(OWNER),
            "REDIS_URL": layout.redis_url,
            "SECRET_KEY": SECRET,
            "TALENTSPHERE_EMBEDDED": "1",
            "TALENTSPHERE_DATA_DIR": str(layout.data_dir),
            "LOG_LEVEL": "ERROR",
            "DB_POOL_TIMEOUT": "5",
        }
    )


@pytest.fixture(scope="session")
def shared_app(config: Config) -> Flask:
    """The application over the migrated database."""
    app = create_app(config)
    app.test_client_class = Client
    return app


def _living(engine: Engine) -> Connection:
    """A connection that has outlived what tests do to the server and its other clients."""
    connection = engine.connect()
    try:
        connection.exec_driver_sql("SELECT 1")
    except OperationalError:
        connection.close()
        engine.dispose()
        return engine.connect()
    connection.rollback()
    return connection


@contextmanager
def in_one_transaction(app: Flask) -> Iterator[None]:
    """The application's context, in a transaction that is rolled back; commits are savepoints."""
    with app.app_context():
        engine = db.engines[None]
        connection = _living(engine)
        outer = connection.begin()
        db.engines[None] = connection  # type: ignore[assignment]
        db.session.configure(join_transaction_mode="create_savepoint")
        forget()
        # What the migrations made old waits there in every test.
        Writes.seen = True
        # However long a slow machine thinks between two statements.
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        act_as(connection, OWNER)
        try:
            # After a request the transaction is the test's again.
            with appcontext_tearing_down.connected_to(lambda _, **__: act_as(connection, OWNER)):
                yield
        finally:
            db.session.remove()
            db.engines[None] = engine
            db.session.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()
            connection.close()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords are hashed as factories do it: 90 ms each are for those whose subject they are."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", factories.HASHER)
        patched.setattr(passwords, "_NOBODY", factories.HASHER.hash("nobody's"))
        yield


@contextmanager
def undoing() -> Iterator[None]:
    """Within a test's transaction: what is written meanwhile is rolled back."""
    # Else what waits in the outbox, or for the commit, would be done and undone again and again.
    deliver()
    db.session.commit()
    point = db.engines[None].begin_nested()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        db.session.remove()
        point.rollback()


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application inside one transaction that is rolled back; commits are savepoints."""
    with in_one_transaction(shared_app):
        yield shared_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller of the application."""
    return app.test_client()


@pytest.fixture(scope="session")
def committed_app(layout: Layout, shared_app: Flask, config: Config) -> Iterator[Flask]:
    """The application over a database of its own, for tests whose commits must be real."""
    with shared_app.app_context():
        db.engine.dispose()
    admin = psycopg2.connect(layout.database_url(SUPERUSER, "postgres"))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE committed TEMPLATE talentsphere OWNER {OWNER}")
    admin.close()
    database_url = config.database_url.replace("/talentsphere?", "/committed?")
    app = create_app(
        dataclasses.replace(
            config,
            database_url=database_url,
            direct_database_url=database_url,
            migration_database_url=config.migration_database_url.replace(
                "/talentsphere?", "/committed?"
            ),
        )
    )
    app.test_client_class = Client
    # What the migrations made old would grow old there itself.
    empty(app.config["TALENTSPHERE"].migration_database_url)
    yield app
    app.extensions["counters"].close()


@contextmanager
def emptied(app: Flask) -> Iterator[None]:
    """The application's context; what is committed meanwhile is emptied afterwards."""
    with app.app_context():
        forget()
        try:
            yield
        finally:
            db.session.remove()
            empty(app.config["TALENTSPHERE"].migration_database_url)


@pytest.fixture
def committed(committed_app: Flask) -> Iterator[Flask]:
    """`committed_app` with its context pushed; what the test wrote is emptied afterwards."""
    with emptied(committed_app):
        yield committed_app


@pytest.fixture(scope="session")
def shared_owner_app(committed_app: Flask) -> Iterator[Flask]:
    """The application over the committed database, as its owner."""
    config = committed_app.config["TALENTSPHERE"]
    url = config.migration_database_url
    app = create_app(dataclasses.replace(config, database_url=url, direct_database_url=url))
    yield app
    app.extensions["counters"].close()


@pytest.fixture
def owner_app(committed: Flask, shared_owner_app: Flask) -> Iterator[Flask]:
    """The committed database reached as its owner, as imports and tasks do."""
    with shared_owner_app.app_context():
        forget()
        yield shared_owner_app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def root() -> Path:
    """The folder of the project."""
    return Path(__file__).parent.parent
