"""Hunt for stale answers on servers of its own: two instances, one database, one cache server.

Writers change what everybody sees, through the API; readers of both instances compare each answer
with what was acknowledged before they asked. Exits with 0 when no read was stale and no answer was
a 5xx, 1 otherwise, 2 when it cannot run, 130 when it is interrupted: what it has seen until then is
printed all the same. With --naive it must find stale reads.
"""

import argparse
import json
import signal
import sys
from dataclasses import asdict

from scripts.cache_hunt import report
from scripts.cache_hunt.faults import FAULTS
from scripts.cache_hunt.hunt import Plan, hunt
from scripts.cache_hunt.subject import GaveUp
from scripts.cache_hunt.tally import Tally
from src.embedded.process import EmbeddedError
from src.ops import command

MOST_SECONDS = 86_400.0


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts.cache_hunt",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--seconds", type=_seconds, metavar="N",
        help="default: 60, or as many as --reads takes",
    )  # fmt: skip
    parser.add_argument(
        "--reads", type=command.above_zero(int), metavar="N",
        help="end after so many; fewer are a failure",
    )  # fmt: skip
    parser.add_argument(
        "--fault", choices=FAULTS, default="none", help="what is done to the cache server"
    )
    parser.add_argument(
        "--hosts", type=int, choices=(1, 2), default=2,
        help="1: both instances share a data folder, as processes of one host",
    )  # fmt: skip
    parser.add_argument(
        "--naive", action="store_true", help="delete after commit instead, which must be caught"
    )
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    # Each stops what was started; a shell starts what runs beside it deaf to Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    seconds = chosen.seconds or (MOST_SECONDS if chosen.reads else 60.0)
    try:
        plan = Plan(seconds, chosen.fault, chosen.naive, chosen.hosts, chosen.reads)
        found = hunt(plan)
    except (EmbeddedError, GaveUp) as error:
        print(f"cache_hunt: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    tally = found.tally
    figures = asdict(plan) | tally.as_dict()
    print(json.dumps(figures) if chosen.json else report.as_text(tally, found.seconds))
    return 130 if found.was_interrupted else _verdict(tally, is_naive=chosen.naive)


def _verdict(found: Tally, *, is_naive: bool) -> int:
    if is_naive:
        return 0 if found.stale_reads else 1
    return 1 if found.stale_reads or found.server_errors or found.failures else 0


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be from 1 to {MOST_SECONDS:.0f} seconds")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
