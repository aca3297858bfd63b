"""Prove the performance targets: python -m scripts.benchmark NAME, `list` or `all`."""

import argparse
import json
import signal
import sys
import traceback
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts.benchmark import environment, registry, report, runner
from scripts.benchmark.bench import Settings
from scripts.benchmark.registry import Benchmark
from scripts.benchmark.report import Report
from scripts.benchmark.result import COULD_NOT_RUN, CannotMeasure, exit_code

FOLDER = Path("reports/performance")
DATABASES = Path("var/benchmark")
SCALE, LEAST_SCALE, MOST_SCALE = 100_000, 1_000, 10_000_000
INTERRUPTED = 130
Groups = dict[str, list[Benchmark]]


def main() -> int:
    """0 when every bound is met, 1 when one is missed, 2 when something could not be measured."""
    known = registry.by_group()
    parser = _parser(known)
    chosen = parser.parse_args()
    if chosen.name == "list":
        return _list(known, as_json=chosen.json)
    wanted = _wanted(known, chosen)
    if not wanted:
        parser.error(f"{chosen.name} has no target {', '.join(chosen.target)}")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        environment.ensure()
        found = [_run(group, benchmarks, chosen) for group, benchmarks in wanted.items()]
    except KeyboardInterrupt:
        print("benchmark: interrupted; all that it started is stopped", file=sys.stderr)
        return INTERRUPTED
    except CannotMeasure as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    except Exception:  # noqa: BLE001 - a crash must not read as a missed bound
        traceback.print_exc()
        return COULD_NOT_RUN
    if len(found) > 1 and not chosen.json:
        report.show_all(found)
    return exit_code([row for one in found for row in one.rows])


def _parser(known: Groups) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.benchmark", description=__doc__)
    parser.add_argument("name", choices=[*known, "all", "list"])
    parser.add_argument(
        "--target", action="append", help="only this target of the group; may be repeated"
    )
    parser.add_argument("--quick", action="store_true", help="a look in a fraction of the time")
    parser.add_argument("--json", action="store_true", help="print the JSON instead of tables")
    parser.add_argument("--client", choices=("own", "wrk"), default="own")
    parser.add_argument("--client-processes", type=_count, default=1, metavar="N")
    parser.add_argument("--connections", type=_count, default=50, metavar="N")
    parser.add_argument(
        "--scale", type=_scale, default=SCALE, metavar="N",
        help=f"live jobs of the largest database ({SCALE:,})",
    )  # fmt: skip
    parser.add_argument(
        "--databases", type=Path, default=DATABASES, help=f"where they are kept ({DATABASES})"
    )
    parser.add_argument("--queries", type=Path, metavar="FILE", help="searches, one a line")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"for reports ({FOLDER})")
    return parser


def _wanted(known: Groups, chosen: argparse.Namespace) -> Groups:
    """The chosen groups with their chosen targets; a group without any is left out."""
    groups = {name: known[name] for name in known if chosen.name in (name, "all")}
    picked = {
        name: [one for one in benchmarks if not chosen.target or one.target in chosen.target]
        for name, benchmarks in groups.items()
    }
    return {name: benchmarks for name, benchmarks in picked.items() if benchmarks}


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 1000")
    return int(text)


def _scale(text: str) -> int:
    if not text.isdecimal() or not LEAST_SCALE <= int(text) <= MOST_SCALE:
        raise argparse.ArgumentTypeError(f"must be from {LEAST_SCALE:,} to {MOST_SCALE:,}")
    return int(text)


def _list(known: Groups, *, as_json: bool) -> int:
    if as_json:
        every = [one for benchmarks in known.values() for one in benchmarks]
        told = [{"group": one.group, "target": one.target, "what": one.summary} for one in every]
        print(json.dumps(told))
        return 0
    table = Table("group", "target", "what")
    for group, benchmarks in known.items():
        for one in benchmarks:
            table.add_row(group, one.target, one.summary)
    Console().print(table)
    return 0


def _run(group: str, benchmarks: list[Benchmark], chosen: argparse.Namespace) -> Report:
    settings = Settings(
        chosen.quick, chosen.connections, chosen.client, chosen.client_processes, chosen.scale,
        chosen.databases, chosen.queries,
    )  # fmt: skip
    found = runner.run(group, benchmarks, settings)
    if chosen.json:
        print(json.dumps(found.as_json(), indent=2))
    else:
        report.show(found)
    for path in report.write(found, chosen.folder):
        print(path, file=sys.stderr)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
