"""The statements that the product itself runs for a request, spelt for asyncpg.

So the comparator has the same ones, whatever becomes of the product's.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from scripts.benchmark.product import Product
from scripts.benchmark.result import CannotMeasure
from src.config import Config
from src.database import db
from src.main import create_app

_BIND = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with $1, $2, …, and the name and value of each in this order."""

    sql: str
    arguments: dict[str, Any]


def of_request(product: Product, path: str) -> list[Statement]:
    """What an uncached GET runs, in order.

    Raises CannotMeasure when it does not answer 200.
    """
    config = Config.from_environment(product.settings | {"CACHE_ENABLED": "false"})
    app = create_app(config)
    # One request is all that this application will ever answer.
    app.config |= {"BACKGROUND": False, "VIEW_FLUSH_SECONDS": 0}
    found: list[Statement] = []
    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def note(_c: Any, _cur: Any, sql: str, values: Any, _ctx: Any, _many: bool) -> None:
            found.append(respell(sql, values))

        engine = db.engine
    answer = app.test_client().get(path)
    engine.dispose()
    app.extensions["counters"].close()
    if answer.status_code != 200:
        raise CannotMeasure(f"GET {path} answered {answer.status_code}")
    return found


def respell(sql: str, values: dict[str, Any]) -> Statement:
    """From %(name)s of psycopg2 to $n; a name that is met again is the same argument."""
    names = list(dict.fromkeys(_BIND.findall(sql)))
    spelt = _BIND.sub(lambda bind: f"${names.index(bind[1]) + 1}", sql).replace("%%", "%")
    return Statement(spelt, {name: values[name] for name in names})
