"""The import command: reads a file, shows progress on a terminal, prints the report."""

import gzip
import json
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from src.services import job_import, search_index
from src.services.job_import import Report

# Refusals shown one by one; --json has them all.
SHOWN = 20
GZIP = b"\x1f\x8b"
COUNTS = ("created", "updated", "unchanged", "repeated", "refused")


def run(path: Path, *, dry_run: bool, as_json: bool) -> int:
    """Import the file and print what became of its rows; the exit code."""
    started = time.monotonic()
    try:
        with _opened(path) as lines:
            report = _import(lines, dry_run)
    except (OSError, EOFError, zlib.error) as error:
        print(f"import_jobs: {path}: {error}", file=sys.stderr)
        return 2
    seconds = time.monotonic() - started
    if as_json:
        print(json.dumps(_figures(report) | {"seconds": round(seconds, 2), "dry_run": dry_run}))
    else:
        _print(report, seconds, dry_run)
    return 0


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[bytes]]:
    """Its lines; whether it is compressed is told by how it begins, whatever it is called."""
    with path.open("rb") as file:
        if file.peek(len(GZIP)).startswith(GZIP):
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked
        else:
            yield file


def _import(lines: Iterator[bytes], dry_run: bool) -> Report:
    report = Report()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("importing", total=None)
        for report in job_import.run(lines, dry_run=dry_run):
            progress.update(task, description=f"{report.rows:,} rows, {report.created:,} created")
        if not dry_run:
            progress.update(task, description="counting words")
            search_index.learn_words()
    return report


def _figures(report: Report) -> dict[str, Any]:
    return {
        **{name: getattr(report, name) for name in ("rows", *COUNTS, "companies_created")},
        "notes": dict(report.notes),
        "refusals": [{"line": line, "reason": reason} for line, reason in report.refusals],
    }


def _print(report: Report, seconds: float, dry_run: bool) -> None:
    console = Console()
    table = Table(title="Would import" if dry_run else "Imported")
    table.add_column("rows")
    table.add_column("", justify="right")
    for name in COUNTS:
        table.add_row(name, f"{getattr(report, name):,}")
    table.add_row("in all", f"{report.rows:,}", style="bold")
    table.add_row("companies created", f"{report.companies_created:,}")
    console.print(table)
    for note, count in report.notes.most_common():
        console.print(f"{count:>7,}  {note}")
    for line, reason in report.refusals[:SHOWN]:
        console.print(f"line {line}: refused, {reason}")
    if len(report.refusals) > SHOWN:
        console.print(f"… and {len(report.refusals) - SHOWN:,} more: see --json")
    rate = report.rows / seconds if seconds else 0
    console.print(f"{seconds:.1f} s, {rate:,.0f} rows/s")
