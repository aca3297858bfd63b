"""Settings: the environment, or the run file of a serving embedded instance, read once."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

KNOWN_SECRETS = frozenset({"secret", "changeme", "change-me", "dev", "development", "password"})
RUN_FILE = "run.json"
# A request's statement, on a database that lives.
STATEMENT_SECONDS = 3


class ConfigError(Exception):
    """A setting is missing or cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, typed. Times are seconds."""

    database_url: str = field(repr=False)
    migration_database_url: str = field(repr=False)
    direct_database_url: str = field(repr=False)
    read_database_url: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    embedded: bool
    environment: str
    port: int
    workers: int | None
    # How many requests or tasks a process does at once.
    threads: int
    # When a statement is given up on a database that lives; commands and tasks take their time.
    statement_seconds: float
    data_dir: Path
    public_url: str
    pool_size: int
    max_overflow: int
    pool_timeout: float
    pool_recycle: int
    slow_query_seconds: float
    sql_echo: bool
    cache_enabled: bool
    cache_warm: bool
    cache_default_expire_seconds: int
    cors_origins: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    mail_url: str = field(repr=False)
    # 0: for ever.
    application_retention_months: int
    audit_retention_months: int
    log_level: str

    @property
    def behind_pooler(self) -> bool:
        """Whether DATABASE_URL is a pooler's: then the way around it is given too."""
        return self.direct_database_url != self.database_url

    @property
    def owner_database_url(self) -> str:
        """The owner's database if it is named, else the way around a pooler."""
        if self.migration_database_url != self.database_url:
            return self.migration_database_url
        return self.direct_database_url

    @property
    def web_workers(self) -> int:
        """How many processes serve, stated or by default."""
        return self.workers or default_workers()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Config":
        """The settings of this process.

        Raises ConfigError on a bad or missing value, naming it.
        """
        data_dir = Path(environ.get("TALENTSPHERE_DATA_DIR") or "var").absolute()
        values = dict(environ)
        if not values.get("DATABASE_URL"):
            values |= _running_instance(data_dir)
        if not values.get("DATABASE_URL"):
            raise ConfigError(
                "DATABASE_URL is not set and no embedded instance is serving:"
                " run ./start_optimized.sh, or set DATABASE_URL."
            )
        return cls._read(values, data_dir)

    @classmethod
    def _read(cls, values: Mapping[str, str], data_dir: Path) -> "Config":
        embedded = values.get("TALENTSPHERE_EMBEDDED") == "1"
        database_url = _driver_url(values, "DATABASE_URL")
        port = _whole(values, "PORT", 8000, 0, 65535)
        return cls(
            database_url=database_url,
            migration_database_url=_driver_url(values, "MIGRATION_DATABASE_URL", database_url),
            direct_database_url=_driver_url(values, "DATABASE_DIRECT_URL", database_url),
            read_database_url=_driver_url(values, "DATABASE_READ_URL") or None,
            redis_url=_redis_url(values.get("REDIS_URL")),
            secret_key=_secret(values.get("SECRET_KEY")),
            embedded=embedded,
            environment=values.get("FLASK_ENV") or "production",
            port=port,
            workers=_whole(values, "WEB_CONCURRENCY", 0, 1, 512) or None,
            threads=1,
            statement_seconds=STATEMENT_SECONDS,
            data_dir=data_dir,
            public_url=_web_url("PUBLIC_URL", values.get("PUBLIC_URL"), port),
            pool_size=_whole(values, "DB_POOL_SIZE", 10, 1, 1000),
            max_overflow=_whole(values, "DB_MAX_OVERFLOW", 20, 0, 1000),
            pool_timeout=_number(values, "DB_POOL_TIMEOUT", 1.0),
            pool_recycle=_whole(values, "DB_POOL_RECYCLE", 3600, 1, 10**6),
            slow_query_seconds=_number(values, "SLOW_QUERY_THRESHOLD", 1.0),
            sql_echo=_flag(values, "SQL_ECHO", False),
            cache_enabled=_flag(values, "CACHE_ENABLED", True),
            cache_warm=_flag(values, "CACHE_WARM", False),
            cache_default_expire_seconds=_whole(values, "CACHE_DEFAULT_EXPIRE", 300, 1, 10**6),
            cors_origins=_origins(values),
            trusted_hosts=_words(values, "TRUSTED_HOSTS"),
            trusted_proxies=_whole(values, "TRUSTED_PROXIES", 0, 0, 10),
            application_retention_months=_whole(
                values, "APPLICATION_RETENTION_MONTHS", 24, 0, 1200
            ),
            audit_retention_months=_whole(values, "AUDIT_RETENTION_MONTHS", 24, 0, 1200),
            mail_url=_mail_url(values.get("MAIL_URL"), data_dir),
            log_level=_level(values.get("LOG_LEVEL")),
        )


def default_workers() -> int:
    """More than the cores: one that waits for the database leaves its core to another."""
    return 2 * (os.cpu_count() or 1) + 1


def read_run_file(data_dir: Path) -> dict[str, Any] | None:
    """What the supervisor wrote about its running instance; None unless that process lives."""
    try:
        run: dict[str, Any] = json.loads((data_dir / RUN_FILE).read_text())
        process = psutil.Process(run["pids"]["supervisor"])
        alive = abs(process.create_time() - run["supervisor_started"]) < 1
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return run if alive else None


def _running_instance(data_dir: Path) -> dict[str, str]:
    run = read_run_file(data_dir)
    if run is None:
        return {}
    names = ("database_url", "migration_database_url", "redis_url", "secret_key", "port")
    found = {name.upper(): str(run[name]) for name in names if run.get(name)}
    return found | {"TALENTSPHERE_EMBEDDED": "1"}


def _driver_url(values: Mapping[str, str], name: str, default: str = "") -> str:
    url = values.get(name)
    if not url:
        return default
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgres", "postgresql"):
        raise ConfigError(f"{name} must be a postgresql:// URL.")
    return f"postgresql+psycopg2://{rest}"


def _redis_url(url: str | None) -> str | None:
    if url and url.partition("://")[0] not in ("redis", "rediss", "unix"):
        raise ConfigError("REDIS_URL must be a redis://, rediss:// or unix:// URL.")
    return url or None


def _secret(secret: str | None) -> str:
    if not secret:
        raise ConfigError("SECRET_KEY is not set: use at least 32 random characters.")
    if len(secret) < 32 or secret.lower() in KNOWN_SECRETS or len(set(secret)) < 8:
        raise ConfigError("SECRET_KEY is too short or well known: use 32 random characters.")
    return secret


def _mail_url(url: str | None, data_dir: Path) -> str:
    url = url or f"file://{data_dir / 'mail'}"
    if url.partition("://")[0] not in ("file", "smtp", "smtps"):
        raise ConfigError("MAIL_URL must be a file://, smtp:// or smtps:// URL.")
    return url


def _whole(values: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = values.get(name)
    if not raw:
        return default
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise ConfigError(f"{name} must be a whole number from {low} to {high}.")
    return int(raw)


def _number(values: Mapping[str, str], name: str, default: float) -> float:
    raw = values.get(name)
    try:
        number = float(raw) if raw else default
    except ValueError:
        number = -1.0
    if not 0 < number < 10**6:
        raise ConfigError(f"{name} must be a positive number of seconds.")
    return number


def _flag(values: Mapping[str, str], name: str, default: bool) -> bool:
    raw = (values.get(name) or str(default)).lower()
    if raw not in ("true", "false", "1", "0"):
        raise ConfigError(f"{name} must be true or false.")
    return raw in ("true", "1")


def _words(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in (values.get(name) or "").split(",") if word.strip())


def _web_url(name: str, raw: str | None, port: int) -> str:
    url = (raw or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigError(f"{name} must be an http:// or https:// URL.")
    return url


def _origins(values: Mapping[str, str]) -> tuple[str, ...]:
    origins = _words(values, "CORS_ORIGINS")
    for origin in origins:
        parts = urlsplit(origin)
        # flask-cors reads a star or an expression as a pattern: only exact origins pass.
        if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.:-]+", parts.netloc):
            raise ConfigError(
                f"CORS_ORIGINS must list origins like https://example.org, not {origin}."
            )
    return tuple(origin.rstrip("/") for origin in origins)


def _level(raw: str | None) -> str:
    level = (raw or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigError("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
    return level


def from_process() -> Config:
    """The settings of this process's own environment."""
    return Config.from_environment(os.environ)
