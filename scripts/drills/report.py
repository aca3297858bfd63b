"""The answers of a drill as a table for people, and as values for machines."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.drills.tally import Taken, Tally, longest_gap_seconds, percentile

_COLUMNS = ("request", "answers", "p50 ms", "p95 ms", "p99 ms", "max ms")


def figures(name: str, taken: Sequence[Taken]) -> dict[str, Any]:
    """One line: how many, and how fast."""
    times = sorted(one.ms for one in taken)
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}
    return {"request": name, "answers": len(times)} | {
        column: round(percentile(times, share), 1) for column, share in shares.items()
    }


def by_request(tally: Tally) -> list[dict[str, Any]]:
    """A line for each kind of request, and one for all."""
    taken = tally.since(0)
    names = sorted({one.name for one in taken})
    lines = [figures(name, [one for one in taken if one.name == name]) for name in names]
    return [*lines, figures("all", taken)]


def as_values(tally: Tally) -> dict[str, Any]:
    """Everything, for JSON."""
    return {
        "requests": len(tally),
        "failed": sum(tally.failures.values()),
        "failures": dict(tally.failures),
        "examples": tally.examples,
        "longest_gap_seconds": round(longest_gap_seconds(tally.since(0)), 3),
        "latencies": by_request(tally),
    }


def show(title: str, tally: Tally) -> None:
    """The table, and how the failed ones failed."""
    table = Table(title=title)
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column == "request" else "right")
    for line in by_request(tally):
        table.add_row(*[str(value) for value in line.values()])
    console = Console()
    console.print(table)
    failed = sum(tally.failures.values())
    kinds = ", ".join(f"{number} {kind}" for kind, number in tally.failures.most_common())
    gap = longest_gap_seconds(tally.since(0))
    console.print(f"{failed} of {len(tally)} failed{f': {kinds}' if kinds else ''}.")
    console.print(f"The longest time without any answer: {gap:.2f} s.")
    for example in tally.examples:
        console.print(example, markup=False, highlight=False)
