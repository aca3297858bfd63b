"""A use of an index: who asks, and the statement that is asked with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, TextClause

from src.database import Base
from src.ops.indexes.sample import Sample
from src.queries import foreign_keys
from src.queries.paging import Order, Rows

# A statement and its values.
Asked = tuple[Executable, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Use:
    """Why an index is there. `before` makes what the statement needs, in the same transaction."""

    asked_by: str
    ask: Callable[[Sample], Asked]
    before: tuple[TextClause, ...] = ()


def a_list(asked_by: str, rows: Callable[[Sample], Rows], order: Order) -> Use:
    """The first page of a list."""
    return Use(asked_by, lambda sample: (sample.page_of(rows(sample), order), {}))


def a_statement(asked_by: str, ask: Callable[[Sample], Executable]) -> Use:
    """A statement that carries its values."""
    return Use(asked_by, lambda sample: (ask(sample), {}))


def a_foreign_key(table_name: str, column: str, key: str) -> Use:
    """What PostgreSQL looks up in a table when a row it refers to is deleted."""
    statement = foreign_keys.look_up(Base.metadata.tables[table_name], column)
    asked_by = f"the foreign key {table_name}.{column}"
    return Use(asked_by, lambda sample: (statement, {"referred": sample[key]}))
