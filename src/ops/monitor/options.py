"""The options of monitor_performance.py, apart from what looks: reading them takes no second.

python -m src.ops.monitor.options OPTION... says what is wrong with them, and does nothing else.
"""

import argparse
import sys

from src.ops.monitor import thresholds

CANNOT_READ = 2


def parser(what: str | None = None) -> argparse.ArgumentParser:
    """What reads them; `what` is told to who asks for help."""
    reader = argparse.ArgumentParser(
        prog="monitor_performance.py", description=what, allow_abbrev=False
    )
    when = reader.add_mutually_exclusive_group()
    watch, interval = "look again and again, until Ctrl-C", "take two looks, this far apart"
    when.add_argument("--watch", nargs="?", const=2.0, type=_seconds, metavar="SECONDS", help=watch)
    when.add_argument("--interval", type=_seconds, metavar="SECONDS", help=interval)
    reader.add_argument("--json", action="store_true", help="one JSON object a look, on a line")
    reader.add_argument("--strict", action="store_true", help="let a warning count as failure")
    reader.add_argument(
        "--threshold", action="append", default=[], metavar="NAME=WARN[:BAD]", help="change one"
    )
    reader.add_argument("--thresholds", action="store_true", help="list all thresholds, and end")
    return reader


def _seconds(text: str) -> float:
    """Seconds between two looks."""
    value = float(text)
    if not 0.1 <= value <= 86_400:
        raise argparse.ArgumentTypeError("must be from 0.1 to 86400 seconds")
    return value


def refuse(error: Exception) -> int:
    """Say why the service is not looked at; the exit code of that."""
    print(f"monitor_performance: {error}", file=sys.stderr)
    return CANNOT_READ


def main() -> int:
    """0 when all of them mean something, else 2."""
    try:
        thresholds.read(parser().parse_args().threshold)
    except ValueError as error:
        return refuse(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
