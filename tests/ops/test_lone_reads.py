"""Reads of nobody need no transaction; what writes, and whoever is somebody, has one."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, has_request_context
from sqlalchemy import event, text

from src.database import ask_for, db, read_alone, unit_of_work
from tests import factories

Seen = list[tuple[str, bool]]


@pytest.fixture
def seen(committed: Flask) -> Iterator[Seen]:
    """The first word of each statement of a request, and whether it stood in a transaction."""
    found: Seen = []

    def note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # A test's client delivers before each request what the test wrote.
        if has_request_context():
            is_alone = connection.connection.dbapi_connection.autocommit
            found.append((statement.split(maxsplit=1)[0], not is_alone))

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_what_nobody_reads_stands_in_no_transaction(committed: Flask, seen: Seen) -> None:
    company = factories.make_company()
    db.session.commit()
    seen.clear()
    assert committed.test_client().get(f"/api/v1/companies/{company.id}").status_code == 200
    assert seen == [("SELECT", False)]


def test_what_somebody_reads_stands_in_one(committed: Flask, seen: Seen) -> None:
    headers = factories.headers_for(factories.make_user())
    db.session.commit()
    seen.clear()
    assert committed.test_client().get("/api/v1/auth/me", headers=headers).status_code == 200
    assert seen
    assert all(is_in_one for _, is_in_one in seen)


def test_a_connection_has_transactions_again_after_it_was_read_on(
    committed: Flask, seen: Seen
) -> None:
    # Of an empty pool both take the same connection.
    db.session.remove()
    db.engine.dispose()
    client = committed.test_client()
    client.get("/api/v1/jobs")
    seen.clear()
    client.post("/api/v1/auth/login", json={"email": "nobody@example.com", "password": "wrong"})
    assert seen
    assert all(is_in_one for _, is_in_one in seen)


def half_a_category() -> None:
    with unit_of_work() as work:
        work.session.execute(text("INSERT INTO categories (name, slug) VALUES ('A', 'a-half')"))
        raise ZeroDivisionError


def test_what_writes_after_such_a_read_is_one_transaction(committed: Flask) -> None:
    with committed.test_request_context():
        read_alone()
        db.session.execute(text("SELECT 1"))
        with pytest.raises(ZeroDivisionError):
            half_a_category()
    found = db.session.execute(text("SELECT count(*) FROM categories WHERE slug = 'a-half'"))
    assert found.scalar_one() == 0


def test_every_statement_is_told_who_asks_after_such_a_read(committed: Flask) -> None:
    told = text("SELECT current_setting('talentsphere.user_id', true)")
    with committed.test_request_context():
        read_alone()
        db.session.execute(text("SELECT 1"))
        ask_for(7)
        assert [db.session.execute(told).scalar() for _ in range(2)] == ["7", "7"]
