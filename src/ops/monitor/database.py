"""What stands in the database's section of the monitor's report."""

from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from src.ops.monitor.layout import Flow, pairs, table
from src.ops.monitor.units import duration, number, percent, rate, size
from src.ops.monitor.verdicts import dead_percent

Row = dict[str, Any]


def section(report: Row, most: int) -> list[RenderableType]:
    """The server, the pools, and what runs, waits, grows and is unused."""
    found = report["database"]
    down = Text(f"no answer: {found['error']}", "bold red")
    server = _server(found, report["seconds"]) if found["is_up"] else down
    parts: list[RenderableType] = [server, _pools(found["pool"])]
    tables = (
        _locks(found["locks"][:most]),
        _transactions(found["transactions"][:most]),
        _slow(found["slow_queries"][:most]),
        _statements((found["statements"] or [])[:most]),
        _stored(found["tables"][:most]),
        _indexes(found["indexes"], most),
    )
    return [*parts, *(one for one in tables if one.row_count)]


def _server(found: Row, seconds: float | None) -> RenderableType:
    pool = found["pool"]
    states = ", ".join(f"{count} {state}" for state, count in sorted(pool["by_state"].items()))
    held = f"{number(pool['server_connections'])} of {number(pool['max_connections'])}"
    # What only read is rolled back.
    done = f"{rate(found['commits'], seconds)} committed, {rate(found['rollbacks'], seconds)} not"
    return pairs(
        ("version", f"PostgreSQL {found['version'] or '-'}"),
        ("size", size(found["size_bytes"])),
        ("buffers hit", percent(found["buffer_hit_rate"])),
        ("transactions", done),
        ("deadlocks", number(found["deadlocks"])),
        (
            "oldest task waits",
            duration(found["tasks"]["waiting_seconds"]) if found["tasks"] else "-",
        ),
        ("connections", f"{held}{': ' if states else ''}{states}"),
    )


def _pools(pool: Row) -> RenderableType:
    """Each worker's pool as in use + idle / limit, and their sum."""

    def held(row: Row) -> str:
        return f"{row['in_use']}+{row['idle']}/{row['limit']}"

    whole = Text.assemble(("pools ", "dim"), (held(pool), "bold"), (" in use+idle/limit", "dim"))
    return Flow(
        [
            whole,
            *(
                Text.assemble(
                    (f"{worker['pid']} ", "dim"),
                    (held(worker), "bold red" if worker["pid"] in pool["full"] else ""),
                )
                for worker in pool["workers"]
            ),
        ]
    )


def _locks(rows: list[Row]) -> Table:
    shown = table("waits for a lock", "pid>", "for>", "by>", "state", "blocker's statement…")
    for row in rows:
        for by in row["blocked_by"]:
            shown.add_row(
                row["fingerprint"][:40], str(row["pid"]), duration(row["waited_seconds"]),
                str(by["pid"]), by["state"], by["fingerprint"],
            )  # fmt: skip
    return shown


def _transactions(rows: list[Row]) -> Table:
    shown = table("open transactions…", "pid>", "application", "state", "open>", "in state>")
    for row in rows:
        shown.add_row(
            row["fingerprint"], str(row["pid"]), row["application"], row["state"],
            duration(row["transaction_seconds"]), duration(row["state_seconds"]),
        )  # fmt: skip
    return shown


def _slow(rows: list[Row]) -> Table:
    shown = table("slow statements…", "count>", "total>", "longest>", "last>")
    for row in rows:
        last = f"{row['last_at']:%m-%d %H:%M}" if row["last_at"] else "-"
        total = duration(row["total_ms"] / 1000)
        shown.add_row(
            row["fingerprint"], number(row["count"]), total, f"{row['max_ms']:,.0f} ms", last
        )
    return shown


def _statements(rows: list[Row]) -> Table:
    shown = table("costliest statements, ever…", "calls>", "total>", "mean>", "rows>")
    for row in rows:
        shown.add_row(
            row["fingerprint"], number(row["calls"]), duration(float(row["total_ms"]) / 1000),
            f"{row['mean_ms']:,.2f} ms", number(row["rows"]),
        )  # fmt: skip
    return shown


def _stored(rows: list[Row]) -> Table:
    shown = table("largest tables…", "size>", "rows>", "dead>", "scans>", "by index>")
    for row in rows:
        shown.add_row(
            row["name"], size(row["size_bytes"]), number(row["live_rows"]),
            f"{dead_percent(row):.1f} %", number(row["full_scans"]), number(row["index_scans"]),
        )  # fmt: skip
    return shown


def _indexes(rows: list[Row], most: int) -> Table:
    """Those that are broken or never used; the rest is counted."""
    shown = table("idle or invalid indexes…", "of table", "size>", "")
    odd = [row for row in rows if not row["is_valid"] or row["is_unused"]]
    odd.sort(key=lambda row: (row["is_valid"], -row["size_bytes"]))
    for row in odd[:most]:
        state = Text("never used", "dim") if row["is_valid"] else Text("invalid", "red")
        shown.add_row(row["name"], row["table_name"], size(row["size_bytes"]), state)
    return shown
