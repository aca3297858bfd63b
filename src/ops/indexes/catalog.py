"""Indexes as values, read from the database: those that are there, and those the models declare."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Constraint, PrimaryKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.schema import AddConstraint, CreateIndex

from src.database import Base
from src.queries import catalog as catalog_queries
from src.utils import schema_version

# By name, as PostgreSQL has them in the catalog.
TABLES: list[str] = sorted(table.name for table in Base.metadata.tables.values())


class CannotAudit(Exception):
    """The database is not one that this command can work on; the message says why."""


@dataclass(frozen=True, slots=True)
class Key:
    """A column or expression of an index, with what decides which questions it can answer."""

    expression: str
    operator_class: int
    collation: int
    # As the catalog has it: 1 for descending, 2 for nulls first.
    direction: int


@dataclass(frozen=True, slots=True)
class Index:
    """An index in the server's own words; two with one `shape` do the same."""

    table: str
    name: str
    method: str
    is_unique: bool
    nulls_are_equal: bool
    keys: tuple[Key, ...]
    includes: tuple[str, ...]
    predicate: str | None
    # p, u or x, as in pg_constraint; None for a plain index.
    constraint: str | None
    # What follows USING.
    definition: str
    oid: int = 0
    is_valid: bool = True
    is_being_built: bool = False
    is_replica_identity: bool = False

    @property
    def shape(self) -> tuple[Any, ...]:
        return (
            self.table, self.method, self.is_unique, self.nulls_are_equal, self.keys,
            self.includes, self.predicate,
        )  # fmt: skip


def require_ours(connection: Connection) -> None:
    """Raises CannotAudit unless every table of the models is there and this role owns it, and on
    the schema of a later release, whose indexes these models do not know.
    """
    rows = connection.execute(catalog_queries.TABLES, {"tables": TABLES}).all()
    missing = sorted({*TABLES} - {row.name for row in rows})
    if missing:
        raise CannotAudit(f"no table {', '.join(missing)}: bring the schema up to date first.")
    schema = connection.execute(text(schema_version.FOUND)).scalar_one()
    newest = schema_version.newest()
    if schema is not None and schema > newest:
        raise CannotAudit(
            f"the schema ({schema}) is newer than this code ({newest}): use the release it is of."
        )
    foreign = sorted(row.name for row in rows if not row.is_ours)
    if foreign:
        raise CannotAudit(
            f"this role does not own {', '.join(foreign)}: set MIGRATION_DATABASE_URL to the"
            " owner's."
        )


def found(connection: Connection) -> list[Index]:
    """The indexes that are there, on the tables of the models."""
    return _read(connection, is_temporary=False)


def declared(connection: Connection) -> dict[str, Index]:
    """The indexes that the models declare, by name; those of their constraints too.

    They are made on empty temporary copies of the tables, for the server to put them in its own
    words. The transaction must be rolled back.

    Raises sqlalchemy.exc.ProgrammingError where a column or function is missing.
    """
    quote = connection.dialect.identifier_preparer.quote
    for table in Base.metadata.sorted_tables:
        name = quote(table.name)
        # A temporary table is found before the one it is named for.
        connection.execute(text(f"CREATE TEMPORARY TABLE {name} (LIKE {name})"))
        for index in table.indexes:
            connection.execute(CreateIndex(index))
        for constraint in _constraints(table):
            connection.execute(AddConstraint(constraint, isolate_from_table=False))
    return {index.name: index for index in _read(connection, is_temporary=True)}


def _constraints(table: Table) -> Sequence[Constraint]:
    kinds = (PrimaryKeyConstraint, UniqueConstraint)
    return [constraint for constraint in table.constraints if isinstance(constraint, kinds)]


def _read(connection: Connection, *, is_temporary: bool) -> list[Index]:
    values = {"tables": TABLES, "is_temporary": is_temporary}
    return [_index(row) for row in connection.execute(catalog_queries.INDEXES, values).mappings()]


def _index(row: Any) -> Index:
    parts = zip(
        row["keys"], row["operator_classes"], row["collations"], row["directions"], strict=False
    )
    return Index(
        table=row["table_name"],
        keys=tuple(Key(*part) for part in parts),
        includes=tuple(row["includes"]),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = (
    "name", "method", "is_unique", "nulls_are_equal", "predicate", "constraint", "definition",
    "oid", "is_valid", "is_being_built", "is_replica_identity",
)  # fmt: skip
