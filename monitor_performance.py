"""Shows how the running service fares: host, database, cache and API, and what is not well.

Exit code: 0 well; 1 something is bad, or with --strict a warning; 2 the service cannot be read.
"""

import argparse
import sys

from src.ops.monitor import command


def seconds(text: str) -> float:
    """Seconds between two looks."""
    value = float(text)
    if not 0.1 <= value <= 86_400:
        raise argparse.ArgumentTypeError("must be from 0.1 to 86400 seconds")
    return value


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="monitor_performance.py", description=__doc__, allow_abbrev=False
    )
    when = parser.add_mutually_exclusive_group()
    watch, interval = "look again and again, until Ctrl-C", "take two looks, this far apart"
    when.add_argument("--watch", nargs="?", const=2.0, type=seconds, metavar="SECONDS", help=watch)
    when.add_argument("--interval", type=seconds, metavar="SECONDS", help=interval)
    parser.add_argument("--json", action="store_true", help="one JSON object a look, on a line")
    parser.add_argument("--strict", action="store_true", help="let a warning count as failure")
    parser.add_argument(
        "--threshold", action="append", default=[], metavar="NAME=WARN[:BAD]", help="change one"
    )
    parser.add_argument("--thresholds", action="store_true", help="list all thresholds, and end")
    return command.run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
