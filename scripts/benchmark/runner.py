"""Runs the benchmarks of a group, each in a folder of its own and with nothing left of the last."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from scripts.benchmark import environment
from scripts.benchmark.bench import Bench, Settings
from scripts.benchmark.registry import Benchmark
from scripts.benchmark.report import Report
from scripts.benchmark.result import CannotMeasure, Row, absent


def run(group: str, benchmarks: Sequence[Benchmark], settings: Settings) -> Report:
    """What the benchmarks found; progress is shown on a terminal only."""
    started_at, started = datetime.now(UTC), time.monotonic()
    # Before anything of ours loads it.
    machine = environment.machine()
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    found: list[Bench] = []
    rows: list[Row] = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(group, total=None)
        for known in benchmarks:
            title = f"{group}, target {known.target}"

            def step(text: str, title: str = title) -> None:
                progress.update(task, description=f"{title}: {text}")

            rows += _run_one(known, settings, step, found)
    return Report(
        group=group,
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - started, 1),
        settings=settings,
        machine=machine,
        rows=rows,
        measured=[one for bench in found for one in bench.measured],
        notes=[note for bench in found for note in bench.notes],
    )


def _run_one(
    known: Benchmark, settings: Settings, step: Callable[[str], None], found: list[Bench]
) -> Iterator[Row]:
    """The rows of a benchmark; what it could not measure becomes a row that says why."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="talentsphere-benchmark-"))
        bench = Bench(settings, Path(folder), stack, step)
        found.append(bench)
        try:
            yield from known.run(bench)
        except CannotMeasure as error:
            yield absent(known.target, known.summary, str(error))
        step("stopping")
