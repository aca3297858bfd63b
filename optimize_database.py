"""Hold the database's indexes to the models: find what is missing, broken or needless, and mend it.

Exit codes: 0 nothing is wrong (any more); 1 something failed, or with --dry-run would be mended,
or with --explain some index serves no query; 2 it cannot run, or another one is running.
"""

import argparse

from src.main import create_app
from src.ops import command, owner
from src.ops.indexes import command as indexes
from src.ops.indexes.mend import Patience


def main() -> int:
    """The exit code, as above."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--dry-run", action="store_true", help="print the SQL, change nothing")
    mode.add_argument("--explain", action="store_true", help="each index, its query and the plan")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--vacuum", action="store_true", help="clear tables of their dead rows too")
    parser.add_argument("--lock-timeout", type=command.above_zero(float),
                        default=5.0, metavar="SECONDS",
                        help="how long a statement waits for others (default: 5)")  # fmt: skip
    parser.add_argument("--attempts", type=command.above_zero(int), default=4, metavar="N",
                        help="how often it is tried, with growing pauses (default: 4)")  # fmt: skip
    chosen = parser.parse_args()
    with owner.application(create_app).app_context():
        if chosen.explain:
            return indexes.prove(as_json=chosen.json)
        patience = Patience(chosen.lock_timeout, chosen.attempts)
        return indexes.mend(patience, is_dry_run=chosen.dry_run, vacuum=chosen.vacuum,
                            as_json=chosen.json)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
