"""What is checked once before workers are started."""

import sys

import structlog
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import DBAPIError

from src.config import Config, ConfigError, from_process
from src.utils import db_optimization, logs

log = structlog.get_logger("preflight")
_ROOM = text("""
SELECT current_setting('max_connections')::int
     - current_setting('superuser_reserved_connections')::int
""")


def check_start(workers: int) -> None:
    """Refuse settings that cannot serve, in the parent: each worker would only fail again.

    Raises SystemExit with the setting's name on standard error.
    """
    try:
        config = from_process()
    except ConfigError as error:
        print(f"talentsphere: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    logs.configure(config.log_level)
    room = None if config.behind_pooler else _room(config)
    if room is not None and not fits(config, workers, room):
        log.warning(
            "too_few_connections",
            workers=workers,
            room=room,
            advice="lower WEB_CONCURRENCY or raise max_connections",
        )


def fits(config: Config, workers: int, room: int) -> bool:
    """Whether the server has a connection for each that the workers may ask for."""
    ceiling = min(config.pool_size + config.max_overflow, db_optimization.POOL_CEILING)
    return workers * ceiling <= room


def _room(config: Config) -> int | None:
    """How many connections the server takes; None when it is not there yet."""
    engine = create_engine(
        config.database_url, poolclass=pool.NullPool, connect_args={"connect_timeout": 2}
    )
    try:
        with engine.connect() as connection:
            return int(connection.execute(_ROOM).scalar_one())
    except DBAPIError:
        log.warning("database_not_reached_at_start")
        return None
