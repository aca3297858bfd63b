"""Reload and restart a service of its own under load: python -m scripts.deploy_drill.

Exit codes: 0 no request failed, 1 some did, 2 it could not be tried.
"""

import argparse
import json
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scripts.drills import deploy, report
from scripts.drills.served import CannotDrill
from scripts.drills.wire import Failure
from src.ops import command


def main() -> int:
    """The exit code, as above."""
    number = command.above_zero(int)
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m scripts.deploy_drill", description=__doc__, formatter_class=layout
    )
    parser.add_argument("--requests", type=number, default=100_000, help="(default: 100000)")
    parser.add_argument("--reloads", type=number, default=20, help="(default: 20)")
    parser.add_argument("--restarts", type=number, default=5, help="(default: 5)")
    parser.add_argument("--connections", type=number, default=4, help="(default: 4)")
    parser.add_argument(
        "--workers", type=number, default=0, help="of Gunicorn (default: as it is served)"
    )
    parser.add_argument(
        "--pause", type=command.above_zero(float), default=0.0, metavar="SECONDS",
        help="of each connection between two requests (default: none)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    plan = deploy.Plan(
        chosen.requests, chosen.reloads, chosen.restarts, chosen.connections, chosen.pause,
        chosen.workers,
    )  # fmt: skip
    try:
        outcome = _watched(plan)
    except (CannotDrill, Failure) as error:
        print(f"scripts.deploy_drill: {error}", file=sys.stderr)
        return 2
    if chosen.json:
        print(json.dumps(_as_values(outcome)))
    else:
        _show(plan, outcome)
    return 1 if outcome.tally.failures else 0


def _watched(plan: deploy.Plan) -> deploy.Outcome:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=plan.requests)

        def tell(name: str, requests: int) -> None:
            progress.update(task, description=f"until {name or 'the end'}", completed=requests)

        return deploy.run(plan, tell)


def _as_values(outcome: deploy.Outcome) -> dict[str, object]:
    events = [{"event": name, "seconds": round(seconds, 2)} for name, seconds in outcome.events]
    return report.as_values(outcome.tally) | {
        "seconds": round(outcome.seconds, 1), "events": events,
    }  # fmt: skip


def _show(plan: deploy.Plan, outcome: deploy.Outcome) -> None:
    report.show(f"{plan.reloads} reloads and {plan.restarts} restarts under load", outcome.tally)
    for kind in ("reload", "killed", "ended"):
        seconds = [took for name, took in outcome.events if name == kind]
        if seconds:
            longest = max(seconds)
            print(f"{kind}: {len(seconds)}, the longest until all was settled {longest:.1f} s")


if __name__ == "__main__":
    raise SystemExit(main())
