"""What an instance needs besides processes: settings, the schema, demo data, and a greeting."""

import sys
from collections.abc import Callable, Mapping

import psycopg2
from psycopg2.extensions import parse_dsn

from src.config import Config, default_workers
from src.embedded import process
from src.embedded.layout import APP, OWNER, Layout
from src.embedded.process import EmbeddedError
from src.embedded.say import say
from src.settings import libpq_url
from src.utils import schema_version

# What the embedded server's connections carry, at two a worker, with room for a reload and scripts.
MOST_EMBEDDED_WORKERS = 32
CONNECT_SECONDS = 2
_RIGHTS = """
SELECT bool_and(has_table_privilege(%s, c.oid, 'SELECT, INSERT')) FROM pg_class c
WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind = 'r'
  AND pg_has_role(c.relowner, 'USAGE')
"""


class NotReached(EmbeddedError):
    """The database cannot be asked now."""


def embedded_settings(layout: Layout, environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that an embedded instance finds for itself."""
    return {
        "DATABASE_URL": layout.database_url(APP),
        "MIGRATION_DATABASE_URL": layout.database_url(OWNER),
        "SECRET_KEY": environ.get("SECRET_KEY") or layout.secret_key(),
        "TALENTSPHERE_EMBEDDED": "1",
        "WEB_CONCURRENCY": environ.get("WEB_CONCURRENCY")
        or str(min(default_workers(), MOST_EMBEDDED_WORKERS)),
    }


def migrate(
    config: Config, layout: Layout, environ: Mapping[str, str], told_to_stop: Callable[[], bool]
) -> None:
    """Bring the schema up to date, and give the application's role its rights; nothing is started
    when all is there.

    Raises NotReached, EmbeddedError with the migration's own words, and Stopped.
    """
    newest = schema_version.newest()
    found = _scalar(config, schema_version.FOUND)
    if found is not None and str(found) > newest:
        # After a rollback: the code before reads the schema after.
        say(f"The schema ({found}) is newer than this code ({newest}), and left as it is")
    if found is not None and str(found) >= newest and _has_rights(config):
        return
    say("Bringing the schema up to date")
    command = [sys.executable, "-m", "flask", "--app", "src.main", "db", "upgrade"]
    log = layout.log("migrations")
    with log.open("wb") as output:
        code = process.run(command, told_to_stop, environ=environ, output=output)
    if code != 0:
        raise EmbeddedError(f"The migrations failed:\n{log.read_text()[-3000:]}")


def load_demo(config: Config, environ: Mapping[str, str], told_to_stop: Callable[[], bool]) -> None:
    """Made-up data for an empty embedded database; its accounts are printed once.

    Raises EmbeddedError, and Stopped.
    """
    if _scalar(config, "SELECT 1 FROM users LIMIT 1") is not None:
        return
    command = [sys.executable, "-m", "scripts.demo_data", "--if-empty"]
    if process.run(command, told_to_stop, environ=environ) != 0:
        raise EmbeddedError("The demo data could not be loaded: see the words above.")


def banner(config: Config, environ: Mapping[str, str]) -> str:
    """What is served, and what to try."""
    url = f"http://127.0.0.1:{config.port}"
    database = "embedded PostgreSQL" if config.embedded else "PostgreSQL of DATABASE_URL"
    own_cache = config.embedded and "unix:" in (config.redis_url or "")
    cache = "embedded Valkey" if own_cache else "of REDIS_URL" if config.redis_url else "none"
    return "\n".join(
        (
            "",
            "TalentSphere is serving",
            f"  API       {url}/api/v1",
            f"  docs      {url}/docs",
            f"  database  {database}",
            f"  cache     {cache}",
            f"  workers   {config.web_workers} for requests, 1 for background tasks",
            f"  data      {environ['TALENTSPHERE_DATA_DIR']}",
            f"  try       curl '{url}/api/v1/jobs?q=engineer&page_size=3'",
            "Ctrl-C stops everything.",
        )
    )


def _has_rights(config: Config) -> bool:
    """Whether the application's role can do something with every table: a start that was stopped
    after the last migration, or a restored backup, has given none.
    """
    role = parse_dsn(libpq_url(config.database_url)).get("user")
    return role is None or _scalar(config, _RIGHTS, role) is True


def _scalar(config: Config, statement: str, *values: str) -> object:
    """One value, or None when there is no row, no such table or no such role."""
    try:
        connection = psycopg2.connect(
            libpq_url(config.owner_database_url), connect_timeout=CONNECT_SECONDS
        )
    except psycopg2.OperationalError as error:
        raise NotReached(f"The database cannot be reached: {error}") from None
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
    except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedObject):
        return None
    except psycopg2.OperationalError as error:
        raise NotReached(f"The database was lost: {error}") from None
    finally:
        connection.close()
    return row[0] if row else None
