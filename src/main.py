"""create_app() and `app`: the only place that binds the parts together."""

import functools
import gc
import os
import sys
from typing import Any

import orjson
from flask import Flask, Request, request
from flask.json.provider import JSONProvider
from flask_cors import CORS
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter
from werkzeug.sansio.utils import host_is_trusted

from src import cache_binding, models, observability
from src.config import Config, from_process
from src.database import asks_for, db, let_go, reads_alone
from src.errors import NotFound
from src.routes import blueprints, finishing
from src.routes import errors as error_routes
from src.routes.shedding import Shedding
from src.services import view as view_service
from src.settings import ConfigError
from src.utils import db_optimization, load, logs, lone_reads, row_security
from src.utils.addresses import is_from_here
from src.utils.background import LOOK_SECONDS, Background
from src.utils.bulkhead import Bulkheads, Room
from src.utils.db_guard import DatabaseGuard
from src.utils.locked_tables import LockedTables
from src.utils.shared_counters import SharedCounters

MAX_BODY_BYTES = 16 * 1024 * 1024
# More than a request makes, so that few are held up by a look for garbage.
OBJECTS_BEFORE_COLLECTION = 50_000


# The names that the machine's own checks and its Prometheus know it by.
_OWN_NAMES = "127.0.0.1", "localhost"


class Service(Flask):
    """Refuses hosts that are not trusted, unless this machine itself asks how the service fares."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is not None and _is_own_check(request.environ):
            return self.url_map.bind_to_environ(request.environ, subdomain="")
        return super().create_url_adapter(request)


def _is_own_check(environ: dict[str, Any]) -> bool:
    return (
        environ["PATH_INFO"] in finishing.HOW_WE_FARE
        and host_is_trusted(environ.get("HTTP_HOST"), _OWN_NAMES)
        and is_from_here(environ)
    )


class OrjsonProvider(JSONProvider):
    """Flask's own JSON is orjson too, so that there is one way to write a time."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_UTC_Z).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)


def create_app(config: Config, cache_type: str = cache_binding.CACHE_TYPE) -> Flask:
    """The application of these settings; `cache_type` names the class that keeps its answers.

    Raises RuntimeError when a route states no policy.
    """
    logs.configure(config.log_level)
    app = Service("talentsphere", static_folder=None)
    app.json = OrjsonProvider(app)
    app.url_map.strict_slashes = False
    # A doubled slash is an unknown path, not a redirect.
    app.url_map.merge_slashes = False
    app.config |= {
        "SECRET_KEY": config.secret_key,
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": db_optimization.engine_options(
            pool_size=config.pool_size,
            max_overflow=config.max_overflow,
            pool_timeout=config.pool_timeout,
            pool_recycle=config.pool_recycle,
            echo=config.sql_echo,
            threads=config.threads,
            behind_pooler=config.behind_pooler,
        ),
        "TALENTSPHERE": config,
    }
    _bind(app, config)
    cache_binding.bind(app, config, cache_type)
    _believe_proxies(app, config)
    app.wsgi_app = Shedding(  # type: ignore[method-assign]
        app.wsgi_app, load.of_this_process, app.extensions["counters"], config.cors_origins
    )
    _trace_requests(app)
    error_routes.register(app)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    _refuse_undeclared(app)
    _keep_what_is_loaded()
    return app


def _bind(app: Flask, config: Config) -> None:
    counters = app.extensions["counters"] = SharedCounters(config.data_dir / "metrics")
    # A thread that waits for nobody, and frees those who wait too long for a server: who serves
    # starts it with its first request, the background worker as it starts.
    app.extensions["watchdog"] = Background("watchdog")
    db.init_app(app)
    # Before the extension's own, which would raise.
    app.teardown_appcontext(let_go)
    _know_migrations(app)
    with app.app_context():
        # First, so that a statement that may not begin is neither told nor counted.
        _guard(app, db.engine, config.statement_seconds)
        db_optimization.watch(
            db.engine, config.slow_query_seconds, counters, observability.count_statement
        )
        row_security.watch(db.engine, asks_for)
        if config.behind_pooler:
            db_optimization.limit_each_transaction(db.engine)
        else:
            lone_reads.watch(db.engine, reads_alone)
    workers = config.web_workers
    rooms = {
        # A hash takes 30 ms: a burst waits for its turn, an attack leaves two workers to others.
        "login": Room(max(1, workers - 2), wait_seconds=1.0),
        "bulk": Room(max(1, workers // 2)),
        "export": Room(1),
    }
    app.extensions["bulkheads"] = Bulkheads(config.data_dir / "bulkheads", rooms)
    background = app.extensions["background"] = Background("background")
    views = app.extensions["view_counter"] = view_service.ViewCounter(app)
    background.every(view_service.FLUSH_SECONDS, views.flush, at_exit=True)
    if config.cors_origins:
        _share(app, config.cors_origins)


def _share(app: Flask, origins: tuple[str, ...]) -> None:
    """Let the pages of these origins read answers."""
    CORS(
        app,
        origins=list(origins),
        expose_headers=list(finishing.EXPOSED),
        max_age=600,
        # It would say so of some answers only: those to pages, where there are many origins.
        vary_header=False,
    )
    app.after_request(finishing.vary_by_origin)


def _know_migrations(app: Flask) -> None:
    """For `flask db`, and for who has imported its extension: Alembic is a fifth of what a start
    imports, and nobody who serves needs it.
    """
    if "FLASK_RUN_FROM_CLI" in os.environ or "flask_migrate" in sys.modules:
        from flask_migrate import Migrate  # noqa: PLC0415

        Migrate(app, db, directory="migrations")


def _guard(app: Flask, engine: Engine, statement_seconds: float) -> None:
    watchdog: Background = app.extensions["watchdog"]
    guard, locked = DatabaseGuard(engine.url, statement_seconds), LockedTables(engine)
    # What may not begin is not waited for.
    locked.watch()
    guard.watch(engine)
    watchdog.every(LOOK_SECONDS, guard.look)
    watchdog.every(LOOK_SECONDS, locked.look)


def _believe_proxies(app: Flask, config: Config) -> None:
    """Outside of all that asks for the caller's address: only Shedding, which does not, is further
    out.
    """
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def _trace_requests(app: Flask) -> None:
    background: Background = app.extensions["background"]
    watchdog: Background = app.extensions["watchdog"]

    @app.before_request
    def begin() -> None:
        if app.config.get("BACKGROUND", True):
            background.start()
            watchdog.start()
        rule = finishing.matched_rule()
        observability.begin(request.headers.get("X-Request-ID"), request.method, rule)
        if "\0" in request.path:
            # PostgreSQL has no such text: nothing can be found under it.
            raise NotFound()

    app.after_request(functools.partial(finishing.finish, app))
    app.teardown_request(observability.end)


def _refuse_undeclared(app: Flask) -> None:
    undeclared = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "policy" not in app.view_functions[rule.endpoint].__dict__
    ]
    if undeclared:
        raise RuntimeError(f"routes that do not state who may call them: {undeclared}")


@functools.cache
def _keep_what_is_loaded() -> None:
    """What the first application of a process has loaded stays, and is never looked through for
    garbage; what comes after it is.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION)


@functools.cache
def _process_app() -> Flask:
    try:
        return create_app(from_process())
    except ConfigError as error:
        print(f"talentsphere: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def __getattr__(name: str) -> Any:
    """`src.main:app`, made when a server asks for it, so that importing needs no settings."""
    if name == "app":
        return _process_app()
    raise AttributeError(name)


__all__ = ["app", "create_app", "models"]  # noqa: F822 - `app` is made on demand
