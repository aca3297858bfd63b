"""The read model of many new jobs: written over several connections, its word indexes built last.

Everything here can be run again: it writes what is missing.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Index, text
from sqlalchemy.schema import CreateIndex, DropIndex

from src.database import db, unit_of_work
from src.models import JobSearch
from src.ops.seed.steps import Steps
from src.queries import search_build, seed
from src.services import search_index

BATCH = 2_000
# Connections that write at a time; the indexing of words is all computing.
WRITERS = 2
# What the planner and index-only scans need to know of tables that have just been filled.
SETTLED = (
    "users", "companies", "memberships", "jobs", "job_log", "job_counters", "job_search",
    "applications", "application_log", "application_counts", "company_days", "bookmarks", "notes",
    "interviews", "lexemes",
)  # fmt: skip


def build(steps: Steps) -> None:
    """Write the missing rows, build the word indexes, count the words, and settle the tables."""
    with unit_of_work() as work:
        work.session.execute(seed.PATIENCE)
        batches = work.session.execute(search_build.BATCHES, {"size": BATCH}).all()
    if batches:
        _in_transaction(*(DropIndex(index, if_exists=True) for index in _word_indexes()))
    db.session.remove()
    for _ in steps.each("read model", _written(batches), len(batches)):
        pass
    for index in _word_indexes():
        with steps.step(str(index.name)):
            _in_transaction(CreateIndex(index, if_not_exists=True))
    with steps.step("words"):
        search_index.learn_words()
    with steps.step("vacuum"):
        _settle()


def _word_indexes() -> list[Index]:
    """Adding a job at a time to these costs more than building them at the end."""
    indexes = JobSearch.metadata.tables[JobSearch.__tablename__].indexes
    return sorted(
        (index for index in indexes if index.dialect_options["postgresql"]["using"] == "gin"),
        key=lambda index: str(index.name),
    )


def _in_transaction(*statements: Any) -> None:
    with unit_of_work() as work:
        work.session.execute(seed.PATIENCE)
        for statement in statements:
            work.session.execute(statement)


def _written(batches: Any) -> Iterator[None]:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def write(batch: Any) -> None:
        with app.app_context(), unit_of_work() as work:
            work.session.execute(seed.PATIENCE)
            work.session.execute(search_build.WRITE, batch._asdict())

    with ThreadPoolExecutor(WRITERS) as pool:
        yield from pool.map(write, batches)


def _settle() -> None:
    """Outside of any transaction, on a connection that is not used again."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        # An automatic vacuum that is at work on one of them is waited for.
        connection.execute(text("SET statement_timeout = 0; SET lock_timeout = 0"))
        connection.execute(text(f"VACUUM (ANALYZE) {', '.join(SETTLED)}"))
