"""The tables of a database: how many rows, and a checksum of them in the order of their keys."""

import hashlib
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class by this name

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname COLLATE "C"
"""
# The columns of the primary key; those of text are compared byte by byte, which every server does
# alike, whatever its collation.
_KEY = """
SELECT a.attname, a.attcollation <> 0
FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (number, place), pg_attribute a
WHERE i.indrelid = %s::regclass AND i.indisprimary
  AND a.attrelid = i.indrelid AND a.attnum = k.number
ORDER BY k.place
"""
# What the text of a value depends on.
_FORMS = """
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
SET bytea_output = 'hex'; SET extra_float_digits = 1; SET search_path = public
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds; `sha256` is None where it was not asked for."""

    rows: int
    sha256: str | None = None


class _Digest:
    """Takes what COPY writes."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.hash.update(data)


def read(cursor: Cursor, *, checksums: bool) -> dict[str, Content]:
    """Every table of the schema, by name; all at one moment, if the cursor's transaction is."""
    cursor.execute(_TABLES)
    names = [name for (name,) in cursor.fetchall()]
    if checksums:
        cursor.execute(_FORMS)
    return {name: _content(cursor, name, checksums=checksums) for name in names}


def differences(expected: dict[str, Content], found: dict[str, Content]) -> list[str]:
    """A sentence for each table that is not as it should be."""
    said = []
    for name in sorted(expected.keys() | found.keys()):
        old, new = expected.get(name), found.get(name)
        if old is None or new is None:
            said.append(f"{name}: only {'before' if old else 'after'}")
        elif old.rows != new.rows:
            said.append(f"{name}: {old.rows} rows before, {new.rows} after")
        elif old.sha256 and new.sha256 and old.sha256 != new.sha256:
            said.append(f"{name}: as many rows, but not the same")
    return said


def _content(cursor: Cursor, name: str, *, checksums: bool) -> Content:
    table = sql.Identifier(name)
    if not checksums:
        cursor.execute(sql.SQL("SELECT count(*) FROM public.{}").format(table))
        ((rows,),) = cursor.fetchall()
        return Content(rows)
    digest = _Digest()
    query = sql.SQL("COPY (SELECT * FROM public.{} t ORDER BY {}) TO STDOUT")
    cursor.copy_expert(query.format(table, _order(cursor, name)), digest, 1 << 20)
    return Content(cursor.rowcount, digest.hash.hexdigest())


def _order(cursor: Cursor, name: str) -> sql.Composable:
    cursor.execute(_KEY, [f'public."{name}"'])
    key = [
        sql.SQL('{} COLLATE "C"' if is_text else "{}").format(sql.Identifier(column))
        for column, is_text in cursor.fetchall()
    ]
    return sql.SQL(", ").join(key or [sql.SQL('t::text COLLATE "C"')])
