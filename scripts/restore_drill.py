"""Back up a service at work, restore it elsewhere, compare: python -m scripts.restore_drill.

Everything happens on data of its own. Exit codes: 0 every row of every table and every answer is
the same, but for what a restore ends on purpose (sessions, unused codes, waiting mails), 1
something differs, 2 it could not be tried.
"""

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from scripts.drills import restore
from scripts.drills.served import CannotDrill
from scripts.drills.wire import Failure
from src.ops import command


def main() -> int:
    """The exit code, as above."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m scripts.restore_drill", description=__doc__, formatter_class=layout
    )
    parser.add_argument(
        "--jobs", type=command.whole, default=0, help="beside the demo data (default: 0)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    try:
        with command.step_by_step() as tell:
            outcome = restore.run(chosen.jobs, tell)
    except (CannotDrill, Failure) as error:
        print(f"scripts.restore_drill: {error}", file=sys.stderr)
        return 2
    if chosen.json:
        print(json.dumps(_as_values(outcome)))
    else:
        _show(outcome)
    return 1 if outcome.differences or outcome.tally.failures else 0


def _as_values(outcome: restore.Outcome) -> dict[str, object]:
    made = outcome.manifest
    return {
        "rows": made.rows, "file_bytes": made.file_bytes, "seconds": outcome.seconds,
        "tables": {name: content.rows for name, content in made.tables.items()},
        "ended": outcome.ended, "answers": outcome.answers, "differences": outcome.differences,
        "requests": len(outcome.tally), "failures": dict(outcome.tally.failures),
    }  # fmt: skip


def _show(outcome: restore.Outcome) -> None:
    made, console = outcome.manifest, Console()
    table = Table("table", title="Restored, row for row")
    table.add_column("rows", justify="right")
    table.add_column("")
    wrong = {said.partition(":")[0]: said.partition(": ")[2] for said in outcome.differences}
    for name, content in made.tables.items():
        gone = outcome.ended.get(name)
        held = f"{gone} ended on purpose" if gone else "the same"
        table.add_row(name, str(content.rows), wrong.pop(name, held))
    console.print(table)
    for name, said in wrong.items():
        console.print(f"{name}: {said}", markup=False, highlight=False)
    console.print(
        f"{made.rows} rows in {made.file_bytes / 1e6:.1f} MB; backup"
        f" {outcome.seconds['backup']:.1f} s, restore {outcome.seconds['restore']:.1f} s."
    )
    console.print(
        f"{len(outcome.tally)} requests meanwhile, {sum(outcome.tally.failures.values())} failed;"
        f" {outcome.answers} answers compared."
    )


if __name__ == "__main__":
    raise SystemExit(main())
