"""What an instance needs besides processes: settings, the schema, demo data, and a greeting."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg2

from src.config import Config, default_workers
from src.embedded import process
from src.embedded.layout import APP, OWNER, Layout
from src.embedded.process import EmbeddedError
from src.embedded.say import say

MIGRATIONS = Path("migrations/versions")
# What the embedded server's 100 connections carry, at two a worker, with room for scripts.
MOST_EMBEDDED_WORKERS = 32


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
    """Bring the schema up to date; nothing is started when it is.

    Raises EmbeddedError with the migration's own words, and Stopped.
    """
    newest = max(path.name[:4] for path in MIGRATIONS.glob("[0-9]*.py"))
    if _scalar(config, "SELECT max(version_num) FROM alembic_version") == newest:
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


def _scalar(config: Config, statement: str) -> object:
    """One value, or None when there is no row or no such table."""
    url = config.migration_database_url.replace("postgresql+psycopg2://", "postgresql://")
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.OperationalError as error:
        raise EmbeddedError(f"The database cannot be reached: {error}") from None
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
    except psycopg2.errors.UndefinedTable:
        return None
    finally:
        connection.close()
    return row[0] if row else None
