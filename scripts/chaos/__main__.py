"""Break what the service stands on, under load, on servers of its own: two instances, a database, a
cache server. `list` names the scenarios; without names all are tried.

Exit codes: 0 every pass line was kept, 1 some were missed, 2 it could not be tried.
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from subprocess import TimeoutExpired

import psycopg2
import redis

from scripts.cache_hunt.subject import GaveUp
from scripts.chaos import report
from scripts.chaos.run import Outcome, Plan, run
from scripts.chaos.scenarios import EVERY
from src.embedded.process import EmbeddedError
from src.ops import command

# Below it there is no second of each phase to look at.
LEAST_SECONDS = 6.0
# A server that does not start, also again, or that the bench itself cannot reach.
_CANNOT = (EmbeddedError, GaveUp, TimeoutExpired, psycopg2.Error, redis.RedisError)


def main() -> int:
    """The exit code, as above."""
    chosen, parser = _options()
    if chosen.scenarios == ["list"]:
        print(report.listed())
        return 0
    unknown = [name for name in chosen.scenarios if name not in EVERY]
    if unknown:
        parser.error(f"scenario: there is no {unknown[0]!r}; `list` names them")
    names = list(dict.fromkeys(chosen.scenarios)) or list(EVERY)
    seconds = chosen.minutes * 60 / len(names)
    if seconds < LEAST_SECONDS:
        least = LEAST_SECONDS * len(names) / 60
        parser.error(f"--minutes: {len(names)} scenarios need {least:.1f} at least")
    plan = Plan([EVERY[name] for name in names], seconds, chosen.rate)
    # Each stops what was started; a shell starts what runs beside it deaf to Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with command.step_by_step() as tell:
            outcomes = run(plan, tell)
    except _CANNOT as error:
        print(f"chaos: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if chosen.json:
        print(json.dumps(report.as_values(plan, outcomes)))
    else:
        report.show(plan, outcomes)
    return exit_code(outcomes)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """1 when a pass line was missed."""
    return 1 if any(one.missed for one in outcomes) else 0


def _options() -> tuple[argparse.Namespace, argparse.ArgumentParser]:
    number = command.above_zero(float)
    parser = argparse.ArgumentParser(
        prog="python -m scripts.chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenarios", nargs="*", metavar="scenario")
    parser.add_argument(
        "--minutes", type=number, default=30.0, help="split evenly among them (default: 30)"
    )
    parser.add_argument("--rate", type=number, default=200.0, help="requests/s (default: 200)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(), parser


if __name__ == "__main__":
    sys.exit(main())
