"""Whoever writes past the application makes the same answers old: every column there is, by SQL."""

import contextlib
import datetime
import io
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa
from flask import Flask

from src.database import Base, db
from tests.cache.reads import answers, old_answers, reads
from tests.cache.world import build
from tests.conftest import PlainClient, deliver
from tests.emptying import SEEDED

# Kept by triggers, or never shown.
OWN = {
    "cache_outbox", "data_versions", "data_changes", "job_search", "idempotency_keys",
    "rate_windows", "one_time_tokens", "sessions", "api_keys", "job_log", "application_log",
    "application_counts", "company_days", "job_reports", "invitations", "interviews", "audit",
    "saved_searches", "alerts", "alerted_jobs", "alert_rounds", "job_arrivals",
}  # fmt: skip
TABLES = [table for name, table in Base.metadata.tables.items() if name not in OWN]
# A value that the rules of the column allow and no row has, by column.
VALUES = {
    "jobs.status": "'paused'", "jobs.employment_type": "'part_time'", "jobs.country": "'SE'",
    "jobs.experience_level": "'senior'", "jobs.salary_currency": "'USD'",
    "jobs.salary_period": "'month'", "jobs.application_type": "'internal'",
    "jobs.skills": "ARRAY['surgery']", "jobs.category_id": "7", "jobs.salary_min": "1000",
    "jobs.published_at": "published_at - interval '2 days'",
    "companies.status": "'suspended'", "companies.country": "'SE'",
    "companies.founded_year": "1900", "applications.status": "'rejected'",
    "applications.rating": "1", "users.role": "role", "users.is_active": "is_active",
    "memberships.role": "'viewer'", "categories.parent_id": "nullif(1, id)",
    "search_phrases.marks": "marks || '{changed}'",
    "search_suggestions.weight": "-weight",
    "search_words.deletions": "deletions || '{changed}'",
    "currencies.usd": "usd * 2", "job_counters.company_id": "company_id",
    "users.email": "'new-' || email", "currencies.as_of": "as_of + 1",
}  # fmt: skip
# Of the tables with tens of thousands of rows, those that the reads are about, before and after.
ROWS = {
    "city_names": "name LIKE 'bergen%'", "search_places": "name LIKE 'bergen%'",
    "search_phrases": "phrase IN ('nurse', 'night', 'bergen')",
}  # fmt: skip

SUGGESTED = """
INSERT INTO search_suggestions (kind, key, label, weight)
VALUES ('title', 'night nurse', 'Night nurse', 1), ('title', 'nights', 'Nights', 2)
"""
# Some kilometres from the other job: whether it is near Bergen hangs on where Bergen is.
NEARBY = "UPDATE jobs SET city = 'Nesttun', country = 'NO' WHERE title = 'Day nurse'"
INSERT = """
INSERT INTO jobs (company_id, title, description, status, published_at, expires_at)
SELECT id, 'Night nurse by hand', 'x', 'published', now(), now() + interval '9 days' FROM companies
"""


def columns(table: sa.Table) -> list[str]:
    keys = {column.name for column in table.primary_key} | {
        column.name for key in table.foreign_keys for column in [key.parent]
    }
    own = [column.name for column in table.columns if column.name not in keys]
    return [*own, *(name for name in keys if f"{table.name}.{name}" in VALUES)]


def another(table: sa.Table, name: str) -> str:
    """An expression for another value of the column."""
    if f"{table.name}.{name}" in VALUES:
        return VALUES[f"{table.name}.{name}"]
    kind = table.c[name].type
    quoted = f'"{name}"'
    if isinstance(kind, sa.Boolean):
        return f"NOT {quoted}"
    if isinstance(kind, sa.DateTime):
        return f"coalesce({quoted}, now()) + interval '3 days'"
    if isinstance(kind, sa.Integer | sa.Numeric | sa.Float):
        return f"coalesce({quoted}, 0) + 1"
    if isinstance(kind, sa.LargeBinary):
        return "'\\x00'"
    return f"coalesce({quoted}, '') || ' changed'"


def rows_of(table: sa.Table) -> str:
    """Which of its rows are changed."""
    return ROWS.get(table.name, "true")


def connect(app: Flask) -> Any:
    """The owner, past the application."""
    url = app.config["TALENTSPHERE"].migration_database_url
    return psycopg2.connect(url.replace("+psycopg2", ""))


def run(app: Flask, statement: str) -> bool:
    """Whether it changed a row; a rule may forbid it."""
    connection = connect(app)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return bool(cursor.rowcount)
    except psycopg2.IntegrityError:
        return False
    finally:
        connection.close()


@pytest.fixture
def kept(committed_app: Flask, table: sa.Table) -> Iterator[None]:
    """What migrations seeded stands again for the tests that come after, without dead rows."""
    if table.name not in SEEDED:
        yield
        return
    connection = connect(committed_app)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        rows = f"FROM {table.name} WHERE {rows_of(table)}"
        cursor.execute(f"CREATE TEMPORARY TABLE kept AS SELECT * {rows}")
        yield
        cursor.execute(f"DELETE {rows}")
        cursor.execute(f"INSERT INTO {table.name} OVERRIDING SYSTEM VALUE TABLE kept")
        cursor.execute(f"VACUUM {table.name}")


def settle() -> None:
    deliver()
    db.session.commit()


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_column_that_is_shown_is_never_shown_old(
    kept: None, committed: Flask, cached: PlainClient, uncached: PlainClient, table: sa.Table
) -> None:
    world, changed = build(), 0
    run(committed, "INSERT INTO lexemes (word, in_doc, in_head) VALUES ('nurs', 1, 1)")
    run(committed, "INSERT INTO search_words (word, jobs, deletions) VALUES ('nurse', 1, '{}')")
    run(committed, SUGGESTED)
    run(committed, NEARBY)
    asked = reads(world)
    settle()
    # What is asked after a change is what lies in the cache before the next.
    answers(cached, world, asked)
    for name in columns(table):
        change = f'UPDATE {table.name} SET "{name}" = {another(table, name)}'
        if run(committed, f"{change} WHERE {rows_of(table)}"):
            settle()
            assert old_answers(cached, uncached, world, asked) == [], name
            changed += 1
    assert answers(cached, world, asked) == answers(uncached, world, asked)
    assert changed >= len(columns(table)) * 0.8


@pytest.mark.long
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM jobs WHERE id NOT IN (SELECT job_id FROM applications)",
        "DELETE FROM notes",
        "DELETE FROM bookmarks",
        "DELETE FROM applications",
        "TRUNCATE jobs CASCADE",
        "TRUNCATE bookmarks",
        "INSERT INTO lexemes (word, in_doc, in_head) VALUES ('nurs', 1, 1)",
        INSERT,
    ],
)
def test_rows_that_come_and_go_by_sql_make_answers_old(
    committed: Flask, cached: PlainClient, uncached: PlainClient, statement: str
) -> None:
    world = build()
    settle()
    asked = reads(world)
    answers(cached, world, asked)
    assert run(committed, statement) or statement.startswith("TRUNCATE")
    settle()
    assert answers(cached, world, asked) == answers(uncached, world, asked)


def test_rows_that_come_by_copy_make_answers_old(
    committed: Flask, cached: PlainClient, uncached: PlainClient
) -> None:
    world = build()
    settle()
    asked = reads(world)
    before = answers(cached, world, asked)
    now = datetime.datetime.now(datetime.UTC)
    row = f"{world.ids['company_id']}\tNight nurse by copy\tx\tpublished\t{now}\t2090-01-01\n"
    connection = connect(committed)
    with connection, connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY jobs (company_id, title, description, status, published_at, expires_at)"
            " FROM STDIN", io.StringIO(row),
        )  # fmt: skip
    connection.close()
    settle()
    assert before != answers(cached, world, asked) == answers(uncached, world, asked)
