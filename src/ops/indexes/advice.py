"""What a person should look at: unused indexes, wasted space, dead rows. Nothing here is mended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from src.ops.indexes.catalog import TABLES, Index
from src.ops.indexes.plan import Note
from src.queries import catalog as catalog_queries

# Below these, an estimate says more about itself than about the disk; and a btree that is filled in
# no order is a quarter to two fifths empty all its life.
BLOAT_SHARE = 0.5
BLOAT_BYTES = 8 * 1024 * 1024
DEAD_ROWS = 10_000
DEAD_SHARE = 0.2
_MEGABYTE = 1024 * 1024


def counted_since(connection: Connection) -> datetime | None:
    """Since when the server counts the use of indexes; None: since the database was made."""
    since: datetime | None = connection.execute(catalog_queries.COUNTED_SINCE).scalar_one()
    return since


def unused(connection: Connection, indexes: Iterable[Index]) -> list[Note]:
    """Indexes that no query has read and that enforce nothing, the largest first."""
    rows = connection.execute(catalog_queries.SCANS, {"tables": TABLES}).all()
    free = {index.name: index.table for index in indexes if not index.is_unique}
    idle = [row for row in rows if row.scans == 0 and row.name in free]
    return [
        Note(
            "unused", row.name, free[row.name],
            f"Read by nothing, {row.size_bytes / _MEGABYTE:.1f} MB.", row.size_bytes,
        )
        for row in sorted(idle, key=lambda row: (-row.size_bytes, row.name))
    ]  # fmt: skip


def bloat(connection: Connection, indexes: Iterable[Index]) -> list[Note]:
    """Tables and btrees that take far more room than their rows should, by an estimate."""
    table_of = {index.name: index.table for index in indexes}
    rows = connection.execute(catalog_queries.BLOAT, {"tables": TABLES}).all()
    return [
        Note(
            "bloat", row.name if row.is_index else "", table_of.get(row.name, row.name),
            _waste(row), row.size_bytes, row.wasted_bytes,
        )
        for row in sorted(rows, key=lambda row: -row.wasted_bytes)
        if row.wasted_bytes >= max(BLOAT_BYTES, BLOAT_SHARE * row.size_bytes)
    ]  # fmt: skip


def dead_rows(connection: Connection) -> dict[str, str]:
    """The tables in which many rows are dead, with how many."""
    rows = connection.execute(catalog_queries.DEAD_ROWS, {"tables": TABLES}).all()
    return {
        row.name: f"{row.dead_rows:,} dead rows beside {row.live_rows:,}."
        for row in rows
        if row.dead_rows >= max(DEAD_ROWS, DEAD_SHARE * row.live_rows)
    }


def _waste(row: Any) -> str:
    share = row.wasted_bytes / row.size_bytes
    what = f"About {share:.0%} of {row.size_bytes / _MEGABYTE:.1f} MB is empty, by an estimate."
    if row.is_index:
        return f"{what} To rebuild it: REINDEX INDEX CONCURRENTLY {row.name}"
    return f"{what} New rows will fill it; VACUUM FULL gives it back, but stops all use meanwhile."
