"""Proof that each declared index serves the statement it is there for: the planner's own plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, Executable, TextClause, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from src.database import db
from src.ops.indexes import alert_uses, application_uses, job_uses, people_uses, sample
from src.ops.indexes.catalog import TABLES
from src.ops.indexes.sample import Sample
from src.ops.indexes.use import Use
from src.queries import catalog as catalog_queries

USES: dict[str, Use] = people_uses.USES | job_uses.USES | application_uses.USES | alert_uses.USES
# Reading whole tables, and sorting them, is quickest while they are small: what the planner chooses
# where that is forbidden, it can choose.
_PRESSURES = (
    ("", ()),
    ("without sequential scans", ("enable_seqscan",)),
    ("without sequential scans and sorts", ("enable_seqscan", "enable_sort")),
)
# In fewer, one way to them is as good as another.
TELLING_ROWS = 1_000


class Explain(Executable, ClauseElement):
    """A statement, to be planned and not run."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(Explain)
def _compile(element: Explain, compiler: SQLCompiler, **options: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **options)}"


@dataclass(frozen=True, slots=True)
class Proof:
    """The plan in which an index serves its use; `node` is None where none does.

    `pressure` says what had to be forbidden to the planner; empty when it chose the index freely.
    `rows` are those of the table, as the planner knows them.
    """

    index: str
    asked_by: str
    rows: int
    pressure: str
    node: dict[str, Any] | None
    plan: dict[str, Any]

    @property
    def verdict(self) -> str:
        """Whether it is chosen, able, not used, or too_few_rows tell nothing."""
        if self.node is not None:
            return "able" if self.pressure else "chosen"
        return "too_few_rows" if self.rows < TELLING_ROWS else "not_used"


def prove() -> list[Proof]:
    """One proof for each declared index, with values taken from the data."""
    taken = sample.take()
    counted = db.session.execute(catalog_queries.ROWS, {"tables": TABLES})
    rows = {row.name: row.rows for row in counted}
    return [_prove(name, use, taken, rows.get(name, 0)) for name, use in sorted(USES.items())]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a plan, from the top."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def _prove(index: str, use: Use, taken: Sample, rows: int) -> Proof:
    for pressure, settings in _PRESSURES:
        plan = _plan(use, taken, settings)
        for node in nodes(plan):
            if node.get("Index Name") == index:
                return Proof(index, use.asked_by, rows, pressure, node, plan)
    return Proof(index, use.asked_by, rows, pressure, None, plan)


def _plan(use: Use, taken: Sample, off: tuple[str, ...]) -> dict[str, Any]:
    """The plan under these settings; nothing of it stays."""
    point = db.session.begin_nested()
    try:
        for before in (*use.before, *(text(f"SET LOCAL {name} = off") for name in off)):
            db.session.execute(before)
        statement, values = use.ask(taken)
        answer = db.session.execute(Explain(_alone(statement)), values).scalar_one()
    finally:
        point.rollback()
    plan: dict[str, Any] = answer[0]["Plan"]
    return plan


def _alone(statement: Executable) -> Executable:
    """Some bring a setting in the same message, which cannot be explained: it is set first."""
    if not isinstance(statement, TextClause):
        return statement
    setting, _, query = statement.text.rpartition(";\n")
    if setting:
        db.session.execute(text(setting))
    return text(query) if setting else statement
