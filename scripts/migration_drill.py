"""Migrate under the release before, at work on full tables: python -m scripts.migration_drill.

It serves the newest code of the repository's history that knows nothing of the last migrations, on
data of its own, and runs them one by one under light traffic. In full: --rows 1000000 --last 3.

Exit codes: 0 nobody was held up, 1 a request failed, took twice as long (p99, above 100 ms) or
waited over a second for a lock; 2 it could not be tried.
"""

import argparse
import dataclasses
import json
import sys

from rich.console import Console
from rich.table import Table

from scripts.drills import migration, report
from scripts.drills.served import CannotDrill
from scripts.drills.wire import Failure
from src.ops import command


def main() -> int:
    """The exit code, as above."""
    number, layout = command.above_zero(int), argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m scripts.migration_drill", description=__doc__, formatter_class=layout
    )
    parser.add_argument("--rows", type=number, default=20_000, help="jobs (default: 20000)")
    parser.add_argument("--last", type=number, default=1, help="migrations (default: 1)")
    parser.add_argument(
        "--seconds", type=command.above_zero(float), default=5.0,
        help="of traffic before, during and after each (default: 5)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    try:
        with command.step_by_step() as tell:
            outcome = migration.run(chosen.rows, chosen.last, chosen.seconds, tell)
    except (CannotDrill, Failure) as error:
        print(f"scripts.migration_drill: {error}", file=sys.stderr)
        return 2
    if chosen.json:
        print(json.dumps(_as_values(outcome)))
    else:
        _show(outcome, chosen.rows)
    return 0 if outcome.holds else 1


def _as_values(outcome: migration.Outcome) -> dict[str, object]:
    steps = [dataclasses.asdict(step) | {"holds": step.holds} for step in outcome.steps]
    values = report.as_values(outcome.tally)
    return values | {"commit": outcome.commit, "steps": steps, "holds": outcome.holds}


def _show(outcome: migration.Outcome, rows: int) -> None:
    table = Table(title=f"Under {outcome.commit[:10]}, with {rows} jobs")
    for column in ("migration", "s", "p99 ms before", "during", "longest lock s", ""):
        table.add_column(column, justify="left" if column in ("migration", "") else "right")
    for step in outcome.steps:
        table.add_row(
            step.revision, f"{step.seconds:.1f}", f"{step.before_p99_ms:.0f}",
            f"{step.during_p99_ms:.0f}", f"{step.longest_lock_seconds:.2f}",
            "holds" if step.holds else "held somebody up",
        )  # fmt: skip
    Console().print(table)
    report.show("All requests, those after the migrations included", outcome.tally)


if __name__ == "__main__":
    raise SystemExit(main())
