"""create_app() and `app`: the only place that binds the parts together."""

import functools
import sys
from typing import Any

import orjson
from flask import Flask, Response, request
from flask.json.provider import JSONProvider
from flask_cors import CORS
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from src import models, observability
from src.config import Config, ConfigError, from_process
from src.database import db
from src.errors import NotFound
from src.routes import blueprints
from src.routes import errors as error_routes
from src.utils import db_optimization, logs, redis_client
from src.utils.shared_counters import SharedCounters

MAX_BODY_BYTES = 16 * 1024 * 1024


class OrjsonProvider(JSONProvider):
    """Flask's own JSON is orjson too, so that there is one way to write a time."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_UTC_Z).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)


def create_app(config: Config) -> Flask:
    """The application of these settings.

    Raises RuntimeError when a route states no policy.
    """
    logs.configure(config.log_level)
    app = Flask("talentsphere", static_folder=None)
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
            behind_pooler=config.behind_pooler,
        ),
        "TALENTSPHERE": config,
    }
    _bind(app, config)
    _trace_requests(app)
    error_routes.register(app)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    _refuse_undeclared(app)
    return app


def _bind(app: Flask, config: Config) -> None:
    counters = app.extensions["counters"] = SharedCounters(config.data_dir / "metrics")
    db.init_app(app)
    Migrate(app, db, directory="migrations")
    with app.app_context():
        db_optimization.watch(
            db.engine, config.slow_query_seconds, counters, observability.count_statement
        )
        if config.behind_pooler:
            db_optimization.limit_each_transaction(db.engine)
    if config.redis_url and config.cache_enabled:
        client = redis_client.connect(config.redis_url)
        app.extensions["cache_ping"] = functools.partial(redis_client.answers_ping, client)
    if config.cors_origins:
        CORS(
            app,
            origins=list(config.cors_origins),
            expose_headers=["ETag", "Link", "Location", "X-Request-ID", "Server-Timing"],
            max_age=600,
        )
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def _trace_requests(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        observability.begin(request.headers.get("X-Request-ID"), request.method, _route())
        if "\0" in request.path:
            # PostgreSQL has no such text: nothing can be found under it.
            raise NotFound()

    @app.after_request
    def finish(response: Response) -> Response:
        trace = observability.finish(
            app.extensions["counters"], request.method, _route(), response.status_code
        )
        response.headers["X-Request-ID"] = trace.request_id
        response.headers["Server-Timing"] = trace.header()
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.setdefault(
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
        )
        return response

    app.teardown_request(observability.end)


def _route() -> str:
    """The rule, not the path: paths hold ids and the secrets of invitations."""
    return request.url_rule.rule if request.url_rule else "unknown"


def _refuse_undeclared(app: Flask) -> None:
    undeclared = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "policy" not in app.view_functions[rule.endpoint].__dict__
    ]
    if undeclared:
        raise RuntimeError(f"routes that do not state who may call them: {undeclared}")


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
