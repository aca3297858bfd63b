"""How Alembic reaches the database: as its owner, one migration a transaction."""

import structlog
from alembic import context
from flask import current_app
from sqlalchemy import create_engine, make_url, pool, text

from src import models
from src.database import Base
from src.ops import migrating

log = structlog.get_logger("migrations")
CONFIG = current_app.config["TALENTSPHERE"]
# Written by triggers alone, which run as the owner: the application only reads them.
READ_ONLY = frozenset(
    {"job_search", "lexemes", "search_phrases", "search_places", "search_words", "search_form",
     "search_suggestions", "city_names",
     "countries", "currencies", "application_counts", "company_days", "job_counters",
     "job_arrivals", "alerts", "alerted_jobs", "alert_rounds",
     "application_log", "job_log", "data_versions", "data_changes", "alembic_version"}
)  # fmt: skip

# Added to and never changed; it is read through views that say of whom.
APPEND_ONLY = frozenset({"audit"})
VIEWS = ("audit_asked", "audit_of_asker", "acts_of_asker")


def is_ours(_thing: object, name: str | None, *_: object) -> bool:
    """procrastinate's tables are its own, not described by our models."""
    return not (name or "").startswith("procrastinate_")


OPTIONS = {
    "target_metadata": Base.metadata,
    "include_object": is_ours,
    "compare_server_default": False,
    "transaction_per_migration": True,
}


def grant(connection, role: str) -> None:
    """Give the application's role what it needs; what triggers write, it only reads."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}"))
    tables = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    for name in connection.execute(tables).scalars():
        rights = "SELECT" if name in READ_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        if name in APPEND_ONLY:
            rights = "INSERT"
        connection.execute(text(f'REVOKE ALL ON "{name}" FROM {quoted}'))
        connection.execute(text(f'GRANT {rights} ON "{name}" TO {quoted}'))
    for name in VIEWS:
        if connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar():
            connection.execute(text(f"GRANT SELECT ON {name} TO {quoted}"))


def is_newer(connection) -> bool:
    """Whether a later release has migrated it, which this one was brought back after."""
    found = context.get_context().get_current_revision()
    newest = context.script.get_current_head()
    if found is None or found <= newest:
        return False
    log.warning("schema_is_newer", schema=found, code=newest)
    return True


def run_online() -> None:
    engine = create_engine(
        CONFIG.owner_database_url, poolclass=pool.NullPool, connect_args={"connect_timeout": 2}
    )
    migrating.limit_waiting(engine)
    with migrating.turn(engine):
        migrating.patiently(engine, lambda: migrate(engine))


def migrate(engine) -> None:
    with engine.connect() as connection:
        context.configure(connection=connection, **OPTIONS)
        with context.begin_transaction():
            if not is_newer(connection):
                context.run_migrations()
        role = make_url(CONFIG.database_url).username
        if role and role != make_url(CONFIG.owner_database_url).username:
            grant(connection, role)
        connection.commit()


if context.is_offline_mode():
    context.configure(url=CONFIG.owner_database_url, literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()
else:
    run_online()

__all__ = ["models"]
