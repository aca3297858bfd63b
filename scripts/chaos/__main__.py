"""Break what the service stands on, under load, on servers of its own: two instances, a database, a
cache server. `list` names the scenarios; `all`, or no name, tries each. A soak repeats them, eleven
seconds each, for as long as it is given, and holds all together to the goals of the service.

Exit codes: 0 every pass line was kept, 1 some were missed, 2 it could not be tried.
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from subprocess import SubprocessError

import psycopg2
import redis

from scripts.cache_hunt.subject import GaveUp
from scripts.chaos import disk_faults, report
from scripts.chaos.run import Outcome, Plan, run
from scripts.chaos.scenarios import EVERY
from scripts.chaos.soak import Soaked, soak
from src.embedded.process import EmbeddedError
from src.ops import command

# Below it there is no second of each phase to look at.
LEAST_SECONDS = 6.0
# Of each fault of a soak, what comes before and after it included.
# Long enough after it that a recovery within the two seconds of the goal can be seen.
SOAK_SECONDS = 11.0
# A server that does not start, also again, or that the bench itself cannot reach; a disk that is
# full, or cannot be mounted.
_CANNOT = (EmbeddedError, GaveUp, SubprocessError, OSError, psycopg2.Error, redis.RedisError)


def main() -> int:
    """The exit code, as above."""
    chosen, parser = _options()
    if chosen.scenarios == ["list"]:
        print(json.dumps(report.listed_as_values()) if chosen.json else report.listed())
        return 0
    names = _names(chosen, parser)
    seconds = SOAK_SECONDS if chosen.soak else chosen.minutes * 60 / len(names)
    if seconds < LEAST_SECONDS:
        least = LEAST_SECONDS * len(names) / 60
        parser.error(f"--minutes: {len(names)} scenarios need {least:.1f} at least")
    plan = Plan([EVERY[name] for name in names], seconds, chosen.rate, chosen.hosts)
    # Each stops what was started; a shell starts what runs beside it deaf to Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return _soak(chosen, plan) if chosen.soak else _try_each(chosen, plan)
    except _CANNOT as error:
        print(f"chaos: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _names(chosen: argparse.Namespace, parser: argparse.ArgumentParser) -> list[str]:
    """What is to be tried: of all, what this user may."""
    given = [] if chosen.scenarios == ["all"] else chosen.scenarios
    for word in ("list", "all"):
        if word in given:
            parser.error(f"scenario: `{word}` stands alone")
    unknown = [name for name in given if name not in EVERY]
    if unknown:
        parser.error(f"scenario: there is no {unknown[0]!r}; `list` names them")
    names = list(dict.fromkeys(given)) or list(EVERY)
    if disk_faults.is_possible():
        return names
    forbidden = [name for name in names if EVERY[name].must_mount]
    if forbidden and given:
        parser.error(f"scenario: {forbidden[0]} mounts a small disk, which takes root's rights")
    for name in forbidden:
        print(f"chaos: {name} is left out: this user may not mount a disk", file=sys.stderr)
    return [name for name in names if name not in forbidden]


def _try_each(chosen: argparse.Namespace, plan: Plan) -> int:
    outcomes: list[Outcome] = []
    try:
        with command.step_by_step() as tell:
            run(plan, outcomes, tell)
    finally:
        # Also what was seen before it was broken off: that took minutes.
        if outcomes:
            _report(chosen, plan, outcomes)
    return exit_code(outcomes)


def _report(chosen: argparse.Namespace, plan: Plan, outcomes: Sequence[Outcome]) -> None:
    if chosen.json:
        print(json.dumps(report.as_values(plan, outcomes)))
    else:
        report.show(plan, outcomes)


def _soak(chosen: argparse.Namespace, plan: Plan) -> int:
    found = Soaked()
    try:
        with command.step_by_step() as tell:
            soak(plan, chosen.minutes * 60, found, tell)
    finally:
        # The goals speak of rounds.
        if found.memory_mib:
            _report_soak(chosen, plan, found)
    return 0 if all(goal.holds for goal in found.goals()) else 1


def _report_soak(chosen: argparse.Namespace, plan: Plan, found: Soaked) -> None:
    if chosen.json:
        print(json.dumps(report.soak_as_values(plan, found)))
    else:
        report.show_soak(plan, found)


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
    parser.add_argument("--soak", action="store_true", help="repeat them, judged as a whole")
    parser.add_argument("--rate", type=number, default=200.0, help="requests/s (default: 200)")
    parser.add_argument(
        "--hosts", type=int, choices=(1, 2), default=1,
        help="whether the two instances know of each other what they doubt (default: 1)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(), parser


if __name__ == "__main__":
    sys.exit(main())
