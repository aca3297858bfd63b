"""Settings: the environment, or the run file of a serving embedded instance, read once."""

import dataclasses
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from src import run_file, settings
from src.settings import ConfigError, driver_url, flag, seconds, whole

# A request's statement, on a database that lives.
STATEMENT_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, typed. Times are seconds."""

    database_url: str = field(repr=False)
    migration_database_url: str = field(repr=False)
    direct_database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    embedded: bool
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
    def cache_url(self) -> str | None:
        """The cache server's, if there is one and it is to be used."""
        return self.redis_url if self.cache_enabled else None

    @property
    def web_workers(self) -> int:
        """How many processes serve, stated or by default."""
        return self.workers or default_workers()

    def as_owner(self, threads: int = 1) -> "Config":
        """The same settings, for work as the database's owner, whose statements take their time.

        `threads` is how many connections it uses at once.
        """
        return dataclasses.replace(
            self,
            database_url=self.owner_database_url,
            direct_database_url=self.owner_database_url,
            statement_seconds=math.inf,
            threads=threads,
        )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Config":
        """The settings of this process.

        Raises ConfigError on a bad or missing value, naming it.
        """
        data_dir = settings.data_dir_of(environ)
        values = dict(environ)
        if not values.get("DATABASE_URL"):
            values |= run_file.settings_of_running(data_dir)
        if not values.get("DATABASE_URL"):
            raise ConfigError(
                "DATABASE_URL is not set and no embedded instance is serving:"
                " run ./start_optimized.sh, or set DATABASE_URL."
            )
        return cls._read(values, data_dir)

    @classmethod
    def _read(cls, values: Mapping[str, str], data_dir: Path) -> "Config":
        database_url = driver_url(values, "DATABASE_URL")
        port = settings.port_of(values)
        return cls(
            database_url=database_url,
            migration_database_url=driver_url(values, "MIGRATION_DATABASE_URL", database_url),
            direct_database_url=driver_url(values, "DATABASE_DIRECT_URL", database_url),
            redis_url=settings.redis_url(values),
            secret_key=settings.secret_key(values),
            embedded=values.get("TALENTSPHERE_EMBEDDED") == "1",
            port=port,
            workers=whole(values, "WEB_CONCURRENCY", 0, 1, 512) or None,
            threads=1,
            statement_seconds=STATEMENT_SECONDS,
            data_dir=data_dir,
            public_url=settings.public_url(values, port),
            pool_size=whole(values, "DB_POOL_SIZE", 10, 1, 1000),
            max_overflow=whole(values, "DB_MAX_OVERFLOW", 20, 0, 1000),
            pool_timeout=seconds(values, "DB_POOL_TIMEOUT", 1.0),
            pool_recycle=whole(values, "DB_POOL_RECYCLE", 3600, 1, 10**6),
            slow_query_seconds=seconds(values, "SLOW_QUERY_THRESHOLD", 1.0),
            sql_echo=flag(values, "SQL_ECHO", False),
            cache_enabled=flag(values, "CACHE_ENABLED", True),
            cache_warm=flag(values, "CACHE_WARM", False),
            cache_default_expire_seconds=whole(values, "CACHE_DEFAULT_EXPIRE", 300, 1, 10**6),
            cors_origins=settings.cors_origins(values),
            trusted_hosts=settings.words(values, "TRUSTED_HOSTS"),
            trusted_proxies=whole(values, "TRUSTED_PROXIES", 0, 0, 10),
            application_retention_months=whole(values, "APPLICATION_RETENTION_MONTHS", 24, 0, 1200),
            audit_retention_months=whole(values, "AUDIT_RETENTION_MONTHS", 24, 0, 1200),
            mail_url=settings.mail_url(values, data_dir),
            log_level=settings.log_level(values),
        )


def default_workers() -> int:
    """More than the cores: one that waits for the database leaves its core to another."""
    return 2 * (os.cpu_count() or 1) + 1


def from_process() -> Config:
    """The settings of this process's own environment."""
    return Config.from_environment(os.environ)
