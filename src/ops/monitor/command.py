"""What monitor_performance.py does: looks once, twice or again and again; prints; judges."""

import argparse
import signal
import time
from collections.abc import Iterator
from typing import Any

import orjson
from rich.console import Console
from rich.live import Live

from src.config import from_process
from src.ops.monitor import options, reading, thresholds, view
from src.ops.monitor.reading import CannotRead, Monitor
from src.ops.monitor.thresholds import LEAST, THRESHOLDS, Thresholds
from src.settings import ConfigError
from src.utils import logs

Row = dict[str, Any]
_WHOLE_ROWS = 10


def run(chosen: argparse.Namespace) -> int:
    """The exit code: 0 well, 1 bad (or a warning, with --strict), 2 the service cannot be read."""
    try:
        limits = thresholds.read(chosen.threshold)
    except ValueError as error:
        return options.refuse(error)
    if chosen.thresholds:
        _print_thresholds(limits, as_json=chosen.json)
        return 0
    # A shell starts what runs beside it deaf to Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    # What is found out belongs in the report, not among it.
    logs.configure("CRITICAL")
    try:
        reports = _reports(Monitor(from_process()), limits, chosen.watch, chosen.interval)
        level = _print_all(reports, chosen)
    except (ConfigError, CannotRead, ValueError) as error:
        return options.refuse(error)
    except KeyboardInterrupt:
        return 0 if chosen.watch else 130
    return 1 if level == "bad" or (level == "warn" and chosen.strict) else 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _reports(
    source: Monitor, limits: Thresholds, watch: float | None, interval: float | None
) -> Iterator[Row]:
    """One report, of one look or of two; watching, one after the other without an end."""
    before = source.see(is_first=True)
    if not interval:
        yield reading.report(before, None, limits)
    pause = watch or interval
    while pause:
        time.sleep(pause)
        now = source.see(is_first=False)
        yield reading.report(now, before, limits)
        before = now
        pause = watch


def _print_all(reports: Iterator[Row], chosen: argparse.Namespace) -> str:
    """Print each report; the level of the last one."""
    console = Console()
    level = "ok"
    if chosen.watch and console.is_terminal and not chosen.json:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            for report in reports:
                rows = max(2, (console.height - 34) // 6)
                live.update(view.render(report, console.width, rows), refresh=True)
    for report in reports:
        level = report["level"]
        if chosen.json:
            print(orjson.dumps(report, default=float, option=orjson.OPT_UTC_Z).decode(), flush=True)
        else:
            console.print(view.render(report, console.width, _WHOLE_ROWS))
    return level


def _print_thresholds(limits: Thresholds, *, as_json: bool) -> None:
    rows = _threshold_rows(limits)
    if as_json:
        print(orjson.dumps(rows).decode())
    else:
        Console().print(view.thresholds(rows))


def _threshold_rows(limits: Thresholds) -> list[Row]:
    rows = [
        {
            "name": f"{section}.{name}",
            "warn": rule.warn,
            "bad": rule.bad,
            "unit": rule.unit,
            "falls": rule.falls,
            "says": rule.advice,
        }
        for section, table in THRESHOLDS.items()
        for name in table
        for rule in [limits.of(section, name)]
    ]
    least = [
        {"name": name, "warn": limits.least[name], "bad": None, "unit": "", "says": one.says}
        for name, one in LEAST.items()
    ]
    return rows + least
