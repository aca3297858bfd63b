"""Compare the rollups with the log they follow from; print the differences, or repair them."""

import argparse
import dataclasses
import json
import sys

from src.main import create_app
from src.ops import command, exercise, owner, reconcile


@command.told
def main() -> int:
    """0 when all figures are right, 1 when there are differences, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="scripts.reconcile", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--fix", action="store_true", help="write the figures anew; writers wait meanwhile"
    )
    parser.add_argument(
        "--exercise", type=command.above_zero(int), metavar="N",
        help="first make N random moves on a company of its own (development databases only)",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help="of the random moves")
    chosen = parser.parse_args()
    app = owner.application(create_app)
    with app.app_context():
        if chosen.exercise:
            if not exercise.is_safe(app.config["TALENTSPHERE"].embedded):
                parser.error("--exercise is for an embedded or an empty database")
            people = max(20, chosen.exercise // 20)
            made = exercise.Exercise(chosen.seed, people).run(chosen.exercise)
            print(f"{made} moves made.", file=sys.stderr)
        found = reconcile.differences()
        rows = [dataclasses.asdict(row) for row in found]
        print(json.dumps(rows) if chosen.json else reconcile.as_table(found))
        if found and chosen.fix:
            reconcile.repair()
            found = reconcile.differences()
            print(f"Repaired; {len(found)} differences left.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
