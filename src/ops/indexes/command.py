"""What optimize_database.py does with its options: run, show progress, print, exit code."""

import sys
from collections.abc import Callable

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import DBAPIError

from src.ops.indexes import explain, report, run
from src.ops.indexes.actions import Action
from src.ops.indexes.catalog import CannotAudit
from src.ops.indexes.mend import Patience
from src.ops.indexes.run import Report
from src.utils import driver_words

_NAME = "optimize_database"


def mend(patience: Patience, *, is_dry_run: bool, vacuum: bool, as_json: bool) -> int:
    """Audit, mend unless `is_dry_run`, and print what came of it; the exit code."""
    return _guarded(lambda: _mend(patience, is_dry_run, vacuum, as_json))


def prove(*, as_json: bool) -> int:
    """Print for each declared index its use and the plan; 1 when some index serves no use."""
    return _guarded(lambda: _prove(as_json))


def _guarded(act: Callable[[], int]) -> int:
    try:
        return act()
    except CannotAudit as error:
        print(f"{_NAME}: {error}", file=sys.stderr)
    except DBAPIError as error:
        print(f"{_NAME}: {driver_words.of(error.orig)}", file=sys.stderr)
    return 2


def _mend(patience: Patience, is_dry_run: bool, vacuum: bool, as_json: bool) -> int:
    made = run.dry_run(vacuum=vacuum) if is_dry_run else _watched(patience, vacuum)
    if as_json:
        print(report.as_json(made))
    else:
        report.show(made)
    return made.exit_code


def _watched(patience: Patience, vacuum: bool) -> Report:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("looking", total=None)

        def tell(action: Action) -> None:
            progress.update(task, description=f"{action.kind} {action.index or action.table}")

        return run.run(patience, vacuum=vacuum, listener=tell)


def _prove(as_json: bool) -> int:
    proofs = explain.prove()
    if as_json:
        print(report.proofs_as_json(proofs))
    else:
        report.show_proofs(proofs)
    return 1 if any(proof.verdict == "not_used" for proof in proofs) else 0
