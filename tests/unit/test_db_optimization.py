from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import QueuePool

from src.embedded.layout import SUPERUSER, Layout
from src.utils import metrics
from src.utils.db_optimization import engine_options, fingerprint, limit_each_transaction, watch
from src.utils.shared_counters import SharedCounters

ASKED = {"pool_size": 10, "max_overflow": 20, "pool_timeout": 1, "pool_recycle": 3600}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1", "SELECT ?"),
        ("SELECT *\n  FROM t WHERE a = 'it''s'", "SELECT * FROM t WHERE a = ?"),
        ("VALUES (1.5e-07, 'it''s cut off in the mid", "VALUES (…)"),
        ("SELECT /* it's */ 'Grace', \"its 'name\", 'x'", 'SELECT ?, "its \'name", ?'),
        (r"SELECT E'it\'s Grace', $1, $a$ Grace $$ $a$", "SELECT ?, $1, ?"),
        ("SELECT 1 -- Grace's\n+ t1.x", "SELECT ? + t1.x"),
        ("a IN (%(a_1)s, %(a_2)s, %(a_3)s)", "a IN (…)"),
    ],
)
def test_a_fingerprint_holds_no_values(statement: str, expected: str) -> None:
    assert fingerprint(statement) == expected


@pytest.mark.parametrize("value", ["'Grace'", "17", "%(name_1)s"])
def test_a_list_of_any_length_has_one_fingerprint(value: str) -> None:
    marks = {fingerprint(f"a IN ({', '.join([value] * n)}) AND b = 1")[:8] for n in (2, 9, 5_000)}
    assert marks == {"a IN (…)"}


def test_the_pool_is_no_larger_than_a_worker_can_use() -> None:
    options = engine_options(**ASKED, echo=False)
    assert options["pool_size"] + options["max_overflow"] == 2


def test_every_connection_has_deadlines() -> None:
    options = engine_options(**ASKED, echo=False)["connect_args"]
    assert options["connect_timeout"] == 2
    assert "statement_timeout=3000" in options["options"]


@pytest.mark.parametrize("behind_pooler", [False, True])
def test_times_are_told_in_utc_whatever_the_database_is_set_to(
    committed: Flask, layout: Layout, *, behind_pooler: bool
) -> None:
    url = committed.config["TALENTSPHERE"].database_url
    with closing(psycopg2.connect(layout.database_url(SUPERUSER, "committed"))) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("ALTER DATABASE committed SET timezone = 'Asia/Kathmandu'")
        engine = create_engine(
            url, **engine_options(**ASKED, echo=False, behind_pooler=behind_pooler)
        )
        if behind_pooler:
            limit_each_transaction(engine)
        with engine.begin() as connection:
            told = connection.scalar(text("SELECT now()"))
        engine.dispose()
        with admin.cursor() as cursor:
            cursor.execute("ALTER DATABASE committed RESET timezone")
    assert told.utcoffset() == timedelta(0)


def test_a_pooler_is_given_no_start_up_options() -> None:
    assert "options" not in engine_options(**ASKED, echo=False, behind_pooler=True)["connect_args"]


def test_a_connection_that_came_back_is_idle(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    engine = create_engine("sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=1)
    watch(engine, 1.0, counters, lambda _: None)
    assert metrics.sums(counters)["pool"] == {("limit",): 2}
    with engine.connect(), engine.connect():
        assert metrics.sums(counters)["pool"] == {("limit",): 2, ("in_use",): 2, ("idle",): 0}
    assert metrics.sums(counters)["pool"] == {("limit",): 2, ("in_use",): 0, ("idle",): 1}
    engine.dispose()
    counters.close()
