"""Ask among a thousand slow callers, behind nginx as in deploy/: python -m scripts.slow_drill.

On a service of its own. Exit codes: 0 healthy callers noticed nothing (p99 at most 1.2 times as
long), 1 they did, 2 it could not be tried, as without nginx.
"""

import argparse
import json
import sys
from typing import Any

from scripts.drills import report, slow
from scripts.drills.programs import Missing
from scripts.drills.served import CannotDrill
from scripts.drills.wire import Failure
from src.ops import command


def main() -> int:
    """The exit code, as above."""
    number, layout = command.above_zero(int), argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m scripts.slow_drill", description=__doc__, formatter_class=layout
    )
    parser.add_argument("--slow", type=number, default=1000, help="connections (default: 1000)")
    parser.add_argument(
        "--rate", type=command.above_zero(float), default=40.0,
        help="healthy requests a second (default: 40)",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=command.above_zero(float), default=30.0,
        help="calm, and calm again; twice as long among slow callers (default: 30)",
    )  # fmt: skip
    parser.add_argument(
        "--direct", action="store_true", help="without nginx, to see what it is there for"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    plan = slow.Plan(chosen.slow, chosen.rate, chosen.seconds, chosen.direct)
    try:
        with command.step_by_step() as tell:
            outcome = slow.run(plan, tell)
    except (Missing, CannotDrill, Failure) as error:
        print(f"scripts.slow_drill: {error}", file=sys.stderr)
        return 2
    missed = outcome.missed(plan)
    if chosen.json:
        print(json.dumps(_as_values(outcome, missed)))
    else:
        _show(plan, outcome, missed)
    return 1 if missed else 0


def _as_values(outcome: slow.Outcome, missed: list[str]) -> dict[str, Any]:
    return report.as_values(outcome.tally) | {
        "slow_connections": round(outcome.held),
        "p99_times": round(outcome.times_slower, 2),
        "missed": missed,
    }


def _show(plan: slow.Plan, outcome: slow.Outcome, missed: list[str]) -> None:
    way = "without a proxy" if plan.is_direct else "behind nginx"
    report.show(f"{outcome.held:.0f} slow connections {way}", outcome.tally)
    print(f"p99 {outcome.times_slower:.2f} times as long among them.")
    for words in missed:
        print(f"missed: {words}")


if __name__ == "__main__":
    raise SystemExit(main())
