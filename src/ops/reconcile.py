"""Holds the rollups and derived columns to the log: finds each difference, and repairs it."""

from dataclasses import dataclass

from src.database import unit_of_work
from src.queries import reconcile as reconcile_queries
from src.utils.cache import cache


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what the log says."""

    check: str
    what: str
    found: str | None
    expected: str | None


def differences() -> list[Difference]:
    """Every figure that differs, each check at one moment; none is how it must be."""
    with unit_of_work() as work:
        work.session.execute(reconcile_queries.PATIENCE)
        return [
            Difference(name, row.what, row.found, row.expected)
            for name, check in reconcile_queries.CHECKS.items()
            for row in work.session.execute(check)
        ]


def repair() -> None:
    """Write everything anew from the log, in one transaction during which writers wait."""
    with unit_of_work() as work:
        work.session.execute(reconcile_queries.PATIENCE)
        work.session.execute(reconcile_queries.LOCK)
        for statement in reconcile_queries.REPAIRS:
            work.session.execute(statement)
        # The repair writes what triggers keep, past those that tell the cache.
        cache.clear_all()


def as_table(found: list[Difference]) -> str:
    """The differences in columns, for a person."""
    if not found:
        return "No differences."
    lines = [("CHECK", "WHAT", "FOUND", "EXPECTED")]
    lines += [(row.check, row.what, _cut(row.found), _cut(row.expected)) for row in found]
    widths = [max(len(line[place]) for line in lines) for place in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cut(value: str | None) -> str:
    return "-" if value is None else value[:60]
