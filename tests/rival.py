"""Another transaction beside a test's requests: what it has written, they wait for."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
from flask import Flask

from tests.served import wait_for

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def asked_behind(
    app: Flask, written: Iterable[str], *asks: Callable[[], Any], then: Iterable[str] = ()
) -> list[Any]:
    """The answers to requests that began, each behind the other, before this was committed.

    Once they wait, the transaction goes on with `then`.
    """
    url = app.config["TALENTSPHERE"].migration_database_url.replace("+psycopg2", "")
    with closing(psycopg2.connect(url)) as rival, ThreadPoolExecutor(len(asks)) as pool:
        with rival, rival.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            for statement in written:
                cursor.execute(statement)
            answers = []
            for number, ask in enumerate(asks, 1):
                answers.append(pool.submit(ask))
                wait_for(lambda number=number: _waiting(cursor) >= number, 2)
            for statement in then:
                cursor.execute(statement)
        return [answer.result(10) for answer in answers]


def _waiting(cursor: Any) -> int:
    cursor.execute(WAITING)
    return int(cursor.fetchone()[0])
