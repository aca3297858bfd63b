"""What is checked once before workers are started."""

import sys

import structlog
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import DBAPIError

from src.config import Config, from_process
from src.settings import ConfigError
from src.utils import db_optimization, logs
from src.utils.task_places import CONCURRENCY

log = structlog.get_logger("preflight")
# The background worker: its tasks, a warming, its background thread; of the queue's own two for
# what is short, and one that each queue listens on.
CONNECTIONS_OF_TASKS = sum(CONCURRENCY.values()) + 4 + len(CONCURRENCY)
_ROOM = text("""
SELECT current_setting('max_connections')::int
     - current_setting('superuser_reserved_connections')::int
""")


def check_start(workers: int, *, is_renewed: bool, is_there: bool = True) -> None:
    """Refuse settings that cannot serve, in the parent: each worker would only fail again.

    Where a supervisor renews it, the new one serves before the old one has ended. A database that
    is known not to be there is not waited for.
    Raises SystemExit with the setting's name on standard error.
    """
    try:
        config = from_process()
    except ConfigError as error:
        print(f"talentsphere: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    logs.configure(config.log_level)
    room = _room(config) if is_there and not config.behind_pooler else None
    wanted = connections_wanted(config, workers) * (2 if is_renewed else 1)
    if room is not None and wanted > room:
        whose = "and those of a reload" if is_renewed else "and the background worker"
        print(
            f"talentsphere: {workers} workers {whose} may open {wanted} connections, but the"
            f" server gives {room}: lower WEB_CONCURRENCY or DB_POOL_SIZE, raise"
            " max_connections, or put PgBouncer between and set DATABASE_DIRECT_URL.",
            file=sys.stderr,
        )
        raise SystemExit(1)


def connections_wanted(config: Config, workers: int) -> int:
    """What the web workers and the background worker may hold at once."""
    limits = db_optimization.pool_limits(config.pool_size, config.max_overflow, config.threads)
    return workers * sum(limits) + CONNECTIONS_OF_TASKS


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
