"""The monitor's report for a terminal: what is not well first, then the sections."""

from datetime import UTC
from typing import Any

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from src.ops.monitor import database as database_tables
from src.ops.monitor import tables
from src.ops.monitor.layout import Flow
from src.ops.monitor.units import duration, figure

Row = dict[str, Any]
COLOURS = {"ok": "green", "warn": "yellow", "bad": "bold red"}
_WIDE = 150


def render(report: Row, width: int, most_rows: int) -> RenderableType:
    """The whole report, side by side where the terminal is wide; tables of at most so many rows."""
    host = _section(report, "host", tables.host(report))
    cache = _section(report, "cache", tables.cache(report, most_rows))
    api = _section(report, "api", tables.api(report, 2 * most_rows))
    database = _section(report, "database", database_tables.section(report, most_rows))
    if width < _WIDE:
        return Group(_headline(report), _alarms(report), host, database, cache, api)
    beside = Table.grid(expand=True)
    beside.add_column(ratio=9)
    beside.add_column(ratio=11)
    beside.add_row(host, Group(api, cache))
    return Group(_headline(report), _alarms(report), beside, database)


def _headline(report: Row) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column()
    line.add_column(justify="right")
    seconds = report["seconds"]
    period = "since counting began" if seconds is None else f"over {duration(seconds)}"
    at = report["at"].astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    level = report["level"]
    line.add_row(
        Text.assemble(("TalentSphere", "bold"), f"  {period}"),
        Text.assemble((at, "dim"), "  ", (f" {level.upper()} ", f"reverse {COLOURS[level]}")),
    )
    return line


def _alarms(report: Row) -> RenderableType:
    """Each figure past a threshold: which, by how much, and what to do."""
    raised = [verdict for verdict in report["verdicts"] if verdict["level"] != "ok"]
    if not raised:
        return Text(f"all {len(report['verdicts'])} figures are within their thresholds", "green")
    table = Table(box=box.SIMPLE_HEAD, expand=True, show_header=False, padding=(0, 1))
    table.add_column(width=4)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(ratio=1)
    for verdict in sorted(raised, key=lambda verdict: verdict["level"] != "bad"):
        bound = f"{verdict['level']} {'at most' if verdict['falls'] else 'from'} "
        bound += figure(verdict[verdict["level"]], verdict["unit"])
        table.add_row(
            Text(verdict["level"].upper(), COLOURS[verdict["level"]]),
            f"{verdict['section']} {verdict['name']}",
            Text.assemble((_shown(verdict), "bold"), "\n", (bound, "dim")),
            Text.assemble(verdict["detail"] or "", "\n", ("→ " + verdict["advice"], "italic")),
        )
    return table


def _shown(verdict: Row) -> str:
    return figure(verdict["figure"], verdict["unit"])


def _section(report: Row, name: str, parts: list[RenderableType]) -> RenderableType:
    verdicts = [verdict for verdict in report["verdicts"] if verdict["section"] == name]
    level = max((verdict["level"] for verdict in verdicts), key=list(COLOURS).index, default="ok")
    title = Text.assemble((f" {name} ", f"bold {COLOURS[level]}"))
    return Panel(
        Group(*parts, Flow(map(_mark, verdicts))),
        title=title,
        title_align="left",
        box=box.ROUNDED,
        border_style="dim",
    )


def _mark(verdict: Row) -> Text:
    level, shown = verdict["level"], _shown(verdict)
    if level == "ok":
        return Text.assemble((f"✓ {verdict['name']} ", "dim green"), (shown, "dim"))
    return Text(f"{'!' if level == 'warn' else '✗'} {verdict['name']} {shown}", COLOURS[level])


def thresholds(rows: list[Row]) -> RenderableType:
    """The table of thresholds, for a person who wants to change one."""
    table = Table(box=box.SIMPLE_HEAD)
    justify: JustifyMethod
    for title in ("name", "warn", "bad", "what to do"):
        justify = "right" if title in ("warn", "bad") else "left"
        table.add_column(title, justify=justify, no_wrap=title != "what to do")
    for row in rows:
        bad = "" if row["bad"] is None else figure(row["bad"], row["unit"])
        sign = "≤ " if row.get("falls") else ""
        table.add_row(row["name"], sign + figure(row["warn"], row["unit"]), bad, row["says"])
    return table
