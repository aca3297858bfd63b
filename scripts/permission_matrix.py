"""Try every operation as everybody, with another's ids: python -m scripts.permission_matrix.

On servers of its own. What is another's must be as what nobody has: the same status, body, headers
and number of statements, no row changed and no word shown.
"""

import argparse
import json
import sys
from collections import Counter

from flask import Flask
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests import stand_alone
from tests.conftest import in_one_transaction
from tests.security import matrix
from tests.security.matrix import CALLERS, POSITIONS, Try, Verdict


def main() -> int:
    """0 when nothing leaks, 1 when something does, 2 when there is nothing to try."""
    parser = argparse.ArgumentParser(prog="scripts.permission_matrix", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print every try, instead of tables")
    parser.add_argument(
        "--like", default="", metavar="TEXT", help="only operations that have it in their names"
    )
    chosen = parser.parse_args()
    tries = [tried for tried in matrix.tries() if chosen.like in str(tried.operation)]
    if not tries:
        parser.error(f"--like: no operation that takes an id has {chosen.like!r} in its name")
    with stand_alone.application() as app:
        found = _run(app, tries)
    print(json.dumps([_as_json(verdict) for verdict in found])) if chosen.json else _show(found)
    return 1 if any(verdict.leak for verdict in found) else 0


def _run(app: Flask, tries: list[Try]) -> list[Verdict]:
    with in_one_transaction(app):
        world = matrix.build()
        verdicts = matrix.verdicts(app.test_client(), world, tries)
        watched = track(
            verdicts, "Trying", len(tries), console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )  # fmt: skip
        return list(watched)


def _as_json(verdict: Verdict) -> dict[str, object]:
    tried = verdict.tried
    return {
        "operation": str(tried.operation), "caller": tried.who, "position": tried.position,
        "name": tried.name, "status": verdict.status, "leak": verdict.leak,
    }  # fmt: skip


def _show(found: list[Verdict]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 160)
    by_operation = Table("operation", *POSITIONS, "leaks", title="Tries by operation")
    for name in dict.fromkeys(str(verdict.tried.operation) for verdict in found):
        of_it = [verdict for verdict in found if str(verdict.tried.operation) == name]
        places = Counter(verdict.tried.position for verdict in of_it)
        by_operation.add_row(
            name, *(str(places[each] or "") for each in POSITIONS), str(_leaks(of_it))
        )
    by_caller = Table("caller", *POSITIONS, "statuses", "leaks", title="Tries by caller")
    for who in CALLERS:
        of_them = [verdict for verdict in found if verdict.tried.who == who]
        places = Counter(verdict.tried.position for verdict in of_them)
        statuses = Counter(verdict.status for verdict in of_them)
        said = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        by_caller.add_row(
            who, *(str(places[each] or "") for each in POSITIONS), said, str(_leaks(of_them))
        )
    console.print(by_operation, by_caller)
    for verdict in found:
        if verdict.leak:
            tried = verdict.tried
            console.print(f"{tried.operation} by {tried.who}, {tried.position}: {verdict.leak}")
    operations = len({str(verdict.tried.operation) for verdict in found})
    console.print(
        f"{operations} operations x {len(CALLERS)} callers x {len(POSITIONS)} positions:"
        f" {len(found)} tries, {_leaks(found)} leaks."
    )


def _leaks(found: list[Verdict]) -> int:
    return sum(bool(verdict.leak) for verdict in found)


if __name__ == "__main__":
    raise SystemExit(main())
