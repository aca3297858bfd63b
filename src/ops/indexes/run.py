"""One run over the indexes: audit, mend, audit again, analyze; or all of it without a change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from src.database import db
from src.ops.indexes import advice, catalog, plan
from src.ops.indexes.actions import Action, Step
from src.ops.indexes.catalog import TABLES, Index
from src.ops.indexes.mend import Mender, Outcome, Patience, alone
from src.ops.indexes.plan import Note

# Told of each action before it is run.
Listener = Callable[[Action], None]
_UPKEEP = "analyze"


@dataclass
class Report:
    """What was found, done and advised; a dry run's outcomes are all `planned`."""

    is_dry_run: bool
    declared: int
    found: int
    outcomes: list[Outcome]
    defects: list[Note]
    counted_since: datetime | None = None
    advice: list[Note] = field(default_factory=list)

    @property
    def mended(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.action.kind != _UPKEEP]

    @property
    def upkeep(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.action.kind == _UPKEEP]

    @property
    def exit_code(self) -> int:
        """1 when something is wrong still, or in a dry run would be mended; else 0."""
        is_wrong = self.defects or any(outcome.word == "failed" for outcome in self.outcomes)
        return 1 if is_wrong or (self.is_dry_run and self.mended) else 0


def dry_run(*, vacuum: bool) -> Report:
    """What a run would do. Raises CannotAudit and sqlalchemy.exc.DBAPIError."""
    wanted = _declared()
    with db.engine.connect() as connection:
        found = catalog.found(connection)
        actions, after = plan.all_actions(wanted, found)
        outcomes = [Outcome(action) for action in [*actions, *_upkeep(connection, vacuum)]]
        report = Report(True, len(wanted), len(found), outcomes, plan.defects(wanted))
        _advise(connection, report, wanted, after, vacuum)
    return report


def run(patience: Patience, *, vacuum: bool, listener: Listener) -> Report:
    """Mend what can be mended. Raises CannotAudit and sqlalchemy.exc.DBAPIError."""
    wanted = _declared()
    with alone() as connection:
        report = Report(False, len(wanted), 0, [], plan.defects(wanted))
        report.found = len(catalog.found(connection))
        mender = Mender(connection, patience)
        # What only shows once something else is mended comes in a later round.
        while fresh := _fresh(connection, wanted, report):
            _run_all(mender, fresh, report, listener)
        _run_all(mender, _upkeep(connection, vacuum), report, listener)
    with db.engine.connect() as connection:
        _advise(connection, report, wanted, catalog.found(connection), vacuum)
    return report


def _declared() -> dict[str, Index]:
    """Read in a transaction that is rolled back."""
    with db.engine.connect() as connection:
        catalog.require_ours(connection)
        return catalog.declared(connection)


def _fresh(connection: Connection, wanted: Mapping[str, Index], report: Report) -> list[Action]:
    """What is to be done and was not tried in this run."""
    if connection.invalidated:
        return []
    # By name alone: what a failed build leaves behind is another fault of the same index.
    tried = {outcome.action.index for outcome in report.outcomes}
    actions = plan.actions(wanted, catalog.found(connection))
    return [action for action in actions if action.index not in tried]


def _run_all(mender: Mender, actions: list[Action], report: Report, listener: Listener) -> None:
    for action in actions:
        listener(action)
        report.outcomes.append(mender.run(action))


def _upkeep(connection: Connection, vacuum: bool) -> list[Action]:
    """Fresh statistics: an index on an expression has none before."""
    dying = advice.dead_rows(connection) if vacuum and not connection.invalidated else {}
    return [
        Action(
            _UPKEEP, "", name, dying.get(name, ""),
            (Step(f"VACUUM (ANALYZE) {name}" if name in dying else f"ANALYZE {name}"),),
        )
        for name in TABLES
    ]  # fmt: skip


def _advise(
    connection: Connection, report: Report, wanted: Mapping[str, Index], after: list[Index],
    vacuum: bool,
) -> None:  # fmt: skip
    report.counted_since = advice.counted_since(connection)
    # Nothing can have read what was made only now.
    made = {outcome.action.index for outcome in report.mended}
    old = [index for index in after if index.name not in made]
    report.advice = [
        *plan.undeclared(wanted, after),
        *advice.unused(connection, old),
        *advice.bloat(connection, after),
    ]
    if not vacuum:
        report.advice += [
            Note("dead rows", "", table, f"{why} --vacuum clears them away.")
            for table, why in advice.dead_rows(connection).items()
        ]
