"""The outcomes as a table for people, and as values for machines."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.chaos.run import Outcome, Plan
from scripts.chaos.scenarios import EVERY
from scripts.chaos.soak import Soaked

# As wide as its widest line: a table that is cut says nothing in a file.
WIDTH = 150
_COLUMNS = (
    "scenario", "req/s", "requests", "failed", "p50 ms", "p95 ms", "p99 ms", "stale", "recovery",
    "line",
)  # fmt: skip


def listed() -> str:
    """Every scenario, what it does and its pass line."""
    width, lines = max(len(name) for name in EVERY), []
    for each in EVERY.values():
        lines.append(f"{each.name:<{width}}  {each.what}")
        lines.append(f"{'':<{width + 2}}passes with: {each.line}")
    return "\n".join(lines)


def listed_as_values() -> list[dict[str, str]]:
    """The same, for JSON."""
    return [
        {"scenario": each.name, "what": each.what, "pass_line": str(each.line)}
        for each in EVERY.values()
    ]


def as_values(plan: Plan, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything, for JSON."""
    return {
        "asked_rate": plan.rate,
        "success_share": round(_success_share(outcomes), 5),
        "scenarios": _scenarios(outcomes),
        "not_finished": _not_finished(plan, outcomes),
    }


def _not_finished(plan: Plan, outcomes: Sequence[Outcome]) -> list[str]:
    """What was left when the run was broken off, the scenario that was being tried included."""
    finished = {one.scenario.name for one in outcomes}
    return [each.name for each in plan.scenarios if each.name not in finished]


def soak_as_values(plan: Plan, found: Soaked) -> dict[str, Any]:
    """Goals, memory by round, and each fault."""
    return {
        "asked_rate": plan.rate,
        "rate": found.rate,
        "seconds": round(found.seconds, 1),
        "is_whole": found.is_whole,
        "goals": [dataclasses.asdict(goal) for goal in found.goals()],
        "worker_mib": [round(taken, 1) for taken in found.memory_mib],
        "scenarios": _scenarios(found.outcomes),
    }


def _scenarios(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    return [
        {"scenario": one.scenario.name, "rate": one.rate}
        | one.seen.as_dict()
        | {"pass_line": str(one.scenario.line), "missed": one.missed}
        for one in outcomes
    ]


def show_soak(plan: Plan, found: Soaked) -> None:
    """The goals; and what of which fault did not keep its own line, for whoever looks for it."""
    rounds, minutes = len(found.memory_mib), found.seconds / 60
    table = Table(
        title=f"{rounds} rounds of faults in {minutes:.0f} minutes, at {found.rate:.0f} requests/s"
        f" of {plan.rate:.0f}"
    )
    for column in ("goal", "seen", ""):
        table.add_column(column)
    for goal in found.goals():
        table.add_row(goal.what, goal.seen, "holds" if goal.holds else "missed")
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)
    if not found.is_whole:
        console.print("It was broken off.", highlight=False)
    console.print(f"{len(found.outcomes)} faults:", highlight=False)
    _tell_missed(console, found.outcomes)


def show(plan: Plan, outcomes: Sequence[Outcome]) -> None:
    """The table, what was missed, and at what rate it was."""
    table = Table(title="Faults under load; times are before -> during the fault")
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column in ("scenario", "failed") else "right")
    for one in outcomes:
        table.add_row(*_row(one))
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)
    if any(one.rate < plan.rate for one in outcomes):
        words = f"Of {plan.rate:.0f} requests/s, this machine held no more than the table says."
        console.print(words, highlight=False)
    console.print(f"{_success_share(outcomes):.3%} of all requests succeeded.", highlight=False)
    for one in outcomes:
        for words in one.seen.notes:
            console.print(f"{one.scenario.name}: {words}", markup=False, highlight=False)
    _tell_missed(console, outcomes)
    if left := _not_finished(plan, outcomes):
        console.print(f"Broken off, not finished: {', '.join(left)}", highlight=False)


def _tell_missed(console: Console, outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        for words in (*one.missed, *(one.seen.examples[:2] if one.missed else ())):
            said = f"{one.scenario.name}: {words}"
            console.print(said, markup=False, highlight=False)


def _row(one: Outcome) -> list[str]:
    figures = one.seen.as_dict()
    before, during = figures["baseline_ms"], figures["during_ms"]
    failed = ", ".join(f"{number} {kind}" for kind, number in figures["failures"].items())
    recovery = figures["recovery_seconds"]
    return [
        one.scenario.name, f"{one.rate:.0f}", f"{figures['requests']:,}", failed or "0",
        *(f"{before.get(at, 0):.0f} -> {during.get(at, 0):.0f}" for at in ("p50", "p95", "p99")),
        str(figures["stale_reads"] + figures["lost_writes"]),
        "not seen" if recovery is None else f"{recovery:.1f} s",
        "missed" if one.missed else "kept",
    ]  # fmt: skip


def _success_share(outcomes: Sequence[Outcome]) -> float:
    every = sum(len(one.seen.during) + len(one.seen.after) for one in outcomes)
    failed = sum(one.seen.failures.total() for one in outcomes)
    return 1 - failed / every if every else 0.0
