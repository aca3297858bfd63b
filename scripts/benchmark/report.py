"""A run's rows as a table for people, and as the JSON that the chart is drawn from."""

import dataclasses
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.benchmark import environment
from scripts.benchmark.bench import Measured, Settings
from scripts.benchmark.result import Row, Verdict, exit_code

# In a file or a pipe no edge is in the way.
FILE_COLUMNS = 150
_STYLES = {
    Verdict.MET: "green",
    Verdict.SHORT: "yellow",
    Verdict.MISSED: "bold red",
    Verdict.TOLD: "dim",
    Verdict.ABSENT: "red",
}


@dataclass(frozen=True, slots=True)
class Report:
    """All that one run of a group found."""

    group: str
    started_at: str
    seconds: float
    settings: Settings
    machine: Mapping[str, str]
    rows: Sequence[Row]
    measured: Sequence[Measured]
    notes: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        rows = [
            dataclasses.asdict(row)
            | {"verdict": row.verdict.value, "bound_text": row.bound.text() if row.bound else None}
            for row in self.rows
        ]
        content = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return content | {
            "settings": _plain(self.settings),
            "rows": rows,
            "measured": [dataclasses.asdict(one) for one in self.measured],
            "exit_code": exit_code(self.rows),
        }


def _plain(settings: Settings) -> dict[str, Any]:
    found = dataclasses.asdict(settings)
    return {name: str(each) if isinstance(each, Path) else each for name, each in found.items()}


def write(report: Report, folder: Path) -> tuple[Path, Path]:
    """The JSON and the chart of a run; where they are.

    Raises CalledProcessError when the chart cannot be drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found, chart = folder / f"{report.group}.json", folder / f"{report.group}.png"
    found.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    program = [str(environment.PYTHON), "-m", "scripts.benchmark.chart"]
    paths = [str(path.absolute()) for path in (found, chart)]
    subprocess.run([*program, *paths], cwd=environment.ROOT, check=True)
    return found, chart


def show(report: Report) -> None:
    """Print the claims, what was measured for them, and under what conditions."""
    console = Console()
    if not console.is_terminal:
        console.width = FILE_COLUMNS
    console.print(_claims(report))
    if report.measured:
        console.print(_loads(report))
    settings, machine = report.settings, report.machine
    client = "our own client" if settings.client == "own" else settings.client
    console.print(
        f"{client}, {settings.client_processes} process(es), {settings.connections} connections,"
        " closed loop, on the same machine as the servers.",
        *report.notes,
        ", ".join(f"{name} {value}" for name, value in machine.items()),
        sep="\n",
        style="dim",
        highlight=False,
    )


def _claims(report: Report) -> Table:
    quick = " (quick: a look, not a proof)" if report.settings.quick else ""
    table = Table(title=f"{report.group}{quick}")
    for name in ("target", "what"):
        table.add_column(name)
    for name in ("figure", "spread", "bound"):
        table.add_column(name, justify="right")
    for name in ("verdict", "how measured"):
        table.add_column(name)
    for row in report.rows:
        spread = f"{row.spread[0]:.3g} … {row.spread[1]:.3g}" if row.spread else ""
        figure = "–" if row.figure is None else f"{row.figure:.3g} {row.unit}"
        bound = row.bound.text() if row.bound else ""
        verdict = f"[{_STYLES[row.verdict]}]{row.verdict}[/]"
        table.add_row(row.target, row.what, figure, spread, bound, verdict, row.how)
    return table


def show_all(reports: Sequence[Report]) -> None:
    """Print every target of several groups in one table, and how long each group took."""
    console = Console()
    if not console.is_terminal:
        console.width = FILE_COLUMNS
    console.print(_targets([row for report in reports for row in report.rows]))
    table = Table("group", "seconds", title="how long it took")
    for report in reports:
        table.add_row(report.group, f"{report.seconds:.0f}")
    table.add_row("all", f"{sum(report.seconds for report in reports):.0f}")
    console.print(table)


def _targets(rows: Sequence[Row]) -> Table:
    """The bounded figures, and the reasons of those that could not be had: they are owed, too."""
    table = Table("target", "what", "figure", "bound", "verdict", title="every target")
    owed = [row for row in rows if row.bound is not None or row.figure is None]
    for row in sorted(owed, key=lambda row: int(row.target)):
        figure = row.how if row.figure is None else f"{row.figure:.3g} {row.unit}"
        bound = row.bound.text() if row.bound else ""
        verdict = f"[{_STYLES[row.verdict]}]{row.verdict}[/]"
        table.add_row(row.target, row.what, figure, bound, verdict)
    return table


def _loads(report: Report) -> Table:
    table = Table(title="under load, medians of the rounds")
    table.add_column("contender")
    for name in (
        "answers/s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "server CPU µs",
        "client busy",
        "errors",
    ):
        table.add_column(name, justify="right")
    for one in report.measured:
        seen = one.seen
        table.add_row(
            one.contender,
            f"{seen.per_second:,.0f}",
            f"{seen.p50_ms:.1f}",
            "–" if seen.p95_ms is None else f"{seen.p95_ms:.1f}",
            f"{seen.p99_ms:.1f}",
            f"{one.server_cpu_us:.0f}",
            "–" if seen.client_busy is None else f"{seen.client_busy:.0%}",
            f"{seen.errors} of {seen.answers + seen.errors:,}",
        )
    return table
