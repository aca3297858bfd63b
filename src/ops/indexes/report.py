"""The report of a run and the proofs of uses: as tables for people, as JSON for machines."""

import dataclasses
import json
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from src.ops.indexes.explain import Proof
from src.ops.indexes.mend import Outcome
from src.ops.indexes.plan import Note
from src.ops.indexes.run import Report

_SMALL_BYTES = 1024 * 1024


def as_json(report: Report) -> str:
    """One object; `outcome` of an action is planned, done or failed."""
    return json.dumps(
        {
            "dry_run": report.is_dry_run,
            "declared": report.declared,
            "found": report.found,
            "actions": [_action(outcome) for outcome in report.mended],
            "analyzed": [_action(outcome) for outcome in report.upkeep],
            "defects": [dataclasses.asdict(note) for note in report.defects],
            "advice": [dataclasses.asdict(note) for note in report.advice],
            "use_counted_since": report.counted_since and report.counted_since.isoformat(),
        }
    )


def show(report: Report) -> None:
    """Tables of what was done and of what is advised, and a line for the rest."""
    console = Console()
    if report.mended or report.defects:
        console.print(_mended(report))
    for outcome in report.mended if report.is_dry_run else ():
        for step in outcome.action.steps:
            console.print(f"{step.sql};", markup=False, highlight=False, soft_wrap=True)
    if report.advice:
        console.print(_advice(report.advice))
    _summarise(console, report)


def proofs_as_json(proofs: list[Proof]) -> str:
    """A list of objects, each with the whole plan."""
    return json.dumps(
        [
            {
                "index": proof.index, "asked_by": proof.asked_by, "rows": proof.rows,
                "verdict": proof.verdict, "pressure": proof.pressure,
                "node": _without_children(proof.node), "plan": proof.plan,
            }
            for proof in proofs
        ],
        default=str,
    )  # fmt: skip


def show_proofs(proofs: list[Proof]) -> None:
    """A table: each index, who asks for it, and the place in the plan where it serves."""
    table = _table("index", "asked by", "in the plan", title="Each index and its use")
    for proof in proofs:
        table.add_row(proof.index, escape(proof.asked_by), escape(_scan(proof)))
    Console().print(table)


def _mended(report: Report) -> Table:
    title = "Would be mended" if report.is_dry_run else "Mended"
    table = _table("index", "table", "what", "why", "outcome", title=title)
    for outcome in report.mended:
        action = outcome.action
        word = outcome.word if outcome.reason is None else f"failed: {outcome.reason}"
        table.add_row(action.index, action.table, action.kind, escape(action.why), escape(word))
    for note in report.defects:
        table.add_row(note.index, note.table, note.kind, escape(note.why), "failed")
    return table


def _advice(notes: list[Note]) -> Table:
    """Small unused indexes are counted: a young service has read few of its own."""
    unused = [note for note in notes if note.kind == "unused"]
    small = [note for note in unused if (note.size_bytes or 0) < _SMALL_BYTES]
    table = _table("index or table", "what", "advice", title="Left alone")
    for note in notes:
        if note not in small:
            table.add_row(note.index or note.table, note.kind, escape(note.why))
    if small:
        says = "Read by nothing, each under 1 MB; --json names them."
        table.add_row(f"{len(small)} small ones", "unused", says)
    return table


def _table(*columns: str, title: str) -> Table:
    """Names are broken over lines where they do not fit, never cut: they are typed in again."""
    table = Table(title=title)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _summarise(console: Console, report: Report) -> None:
    since = report.counted_since
    counted = f"since {since:%Y-%m-%d %H:%M %Z}" if since else "since the database was made"
    console.print(
        f"{report.declared} indexes declared, {report.found} found. Use is counted {counted}."
    )
    failed = [outcome for outcome in report.upkeep if outcome.word == "failed"]
    for outcome in failed:
        console.print(escape(f"{outcome.action.table} not analyzed: {outcome.reason}"))
    if not report.is_dry_run:
        console.print(f"{len(report.upkeep) - len(failed)} tables analyzed.")
    if report.exit_code == 0:
        console.print("Nothing is wrong.")


def _action(outcome: Outcome) -> dict[str, Any]:
    action = outcome.action
    return {
        "kind": action.kind, "index": action.index, "table": action.table, "why": action.why,
        "sql": [step.sql for step in action.steps], "outcome": outcome.word,
        "reason": outcome.reason, "attempts": outcome.attempts,
        "seconds": round(outcome.seconds, 3),
    }  # fmt: skip


def _without_children(node: dict[str, Any] | None) -> dict[str, Any] | None:
    return node and {name: value for name, value in node.items() if name != "Plans"}


def _scan(proof: Proof) -> str:
    if proof.node is None:
        return "not used" if proof.verdict == "not_used" else "too few rows to tell"
    scan = proof.node["Node Type"]
    condition = proof.node.get("Index Cond")
    if condition:
        scan += f" {condition if len(condition) <= 80 else condition[:79] + '…'}"
    return f"{scan}, {proof.pressure}" if proof.pressure else scan
