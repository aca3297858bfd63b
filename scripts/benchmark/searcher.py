"""One client of the search: each query through the product's services, timed by its parts.

Run as a program it takes the parts, the queries and how often each on standard input, says
`ready`, starts at the next line and prints what it Timed as JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypedDict

from flask import Flask
from sqlalchemy import event

from scripts.benchmark import volume
from src.database import db
from src.queries.job_search import Filters
from src.queries.paging import PageRequest
from src.queries.search_plan import Level
from src.services import empty_search, job_facets, job_search, suggestion
from src.services.ranked_page import Counting
from src.utils import clock

PAGE_SIZE = 20


class Timed(TypedDict):
    """Milliseconds of one query's parts; `page` is without its total, `whole` with it.

    `with_facets` is one answer of page, total and facets, `facets` one of facets alone.
    """

    query: str
    page: float
    whole: float
    with_facets: float
    facets: float
    suggest: float
    # Answers without a single job.
    is_empty: bool
    statements: int


class Watch:
    """The statements of a query, as they were sent."""

    def __init__(self, app: Flask) -> None:
        self.statements: list[tuple[str, Any]] = []
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._before)

    def _before(self, _c: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        self.statements.append((sql, values))


class _Uncounted(Counting):
    """A page that nobody asks the total of."""

    with_ids: ClassVar[bool] = True

    def total(self, level: Level, filters: Filters) -> tuple[int, str]:
        return 0, "gte"


def run(app: Flask, watch: Watch, parts: Sequence[str], words: str) -> Timed:
    """One query, as the routes ask it of the services; parts that are not wanted take 0."""
    query = {"q": words, "title_only": False}
    with app.app_context():
        watch.statements.clear()
        with _timed() as whole:
            page = empty_search.find(job_search.read(query), _first())
        statements = len(watch.statements)
    parts_of: Mapping[str, Callable[[], object]] = {
        "page": lambda: job_search.find(job_search.read(query), _first(), _Uncounted()),
        "with_facets": lambda: job_facets.page_with(job_search.read(query), _first()),
        "facets": lambda: job_facets.divide(job_search.read(query)),
        "suggest": lambda: suggestion.suggest(words, 5),
    }
    timed = {part: _part(app, parts_of[part]) if part in parts else 0.0 for part in parts_of}
    return Timed(
        query=words, page=timed["page"], whole=whole(), with_facets=timed["with_facets"],
        facets=timed["facets"], suggest=timed["suggest"], is_empty=page.total == 0,
        statements=statements,
    )  # fmt: skip


def _first() -> PageRequest:
    return PageRequest(1, PAGE_SIZE, clock.now())


def _part(app: Flask, asked: Callable[[], object]) -> float:
    with app.app_context(), _timed() as taken:
        asked()
    return taken()


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    """Milliseconds of what is within, once it is over."""
    started = time.perf_counter()
    ended = [started]
    yield lambda: (ended[0] - started) * 1000
    ended[0] = time.perf_counter()


def main() -> None:
    order = json.loads(sys.stdin.readline())
    app = volume.application(os.environ)
    watch = Watch(app)
    # Understanding loads its tables at the first query.
    run(app, watch, order["parts"], order["queries"][0])
    print("ready", flush=True)
    sys.stdin.readline()
    rounds = [
        [run(app, watch, order["parts"], words) for words in order["queries"]]
        for _ in range(order["rounds"])
    ]
    print(json.dumps(rounds[-1]), flush=True)


if __name__ == "__main__":
    main()
