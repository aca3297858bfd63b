"""The machine that the service runs on, and the service's own processes there."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil

# What a command line holds, and what its process is then.
_KINDS = (
    ("scripts.worker", "background worker"),
    ("scripts.serve", "supervisor"),
    ("gunicorn", "web worker"),
)
# The names of parts that are called otherwise where there is no supervisor.
_PARTS = {"worker": "background worker"}
# The part whose work is done by its children.
_FAMILY = "postgres"


def figures(
    data_dir: Path, pids: Iterable[int], parts: dict[str, int], sample_seconds: float | None
) -> dict[str, Any]:
    """CPU, load, memory, disk and the service's processes.

    `pids` are the processes that count, `parts` those of an embedded instance by name; PostgreSQL's
    figures are those of all its processes. CPU is measured for `sample_seconds`, or since the
    measurement before.
    """
    memory, disk = psutil.virtual_memory(), psutil.disk_usage(str(data_dir))
    processes = _processes(pids, parts)
    return {
        "cpu_percent": psutil.cpu_percent(sample_seconds),
        "cores": os.cpu_count() or 1,
        "load": [round(load, 2) for load in os.getloadavg()],
        "memory": {
            "total_bytes": memory.total,
            "used_bytes": memory.total - memory.available,
            "used_percent": memory.percent,
        },
        "disk": {
            "path": str(data_dir),
            "total_bytes": disk.total,
            "used_bytes": disk.used,
            "used_percent": disk.percent,
        },
        "processes": processes,
        "missing": sorted(
            name for name, pid in parts.items() if pid not in {row["pid"] for row in processes}
        ),
    }


def _processes(pids: Iterable[int], parts: dict[str, int]) -> list[dict[str, Any]]:
    named = {pid: _PARTS.get(name, name) for name, pid in parts.items()}
    counting = set(pids)
    parents = {parent for pid in counting if (parent := _gunicorn_above(pid))}
    found = []
    for pid in sorted(counting | parents | named.keys()):
        row = _process(pid, named.get(pid) or ("gunicorn" if pid in parents else None))
        if row is not None:
            found.append(row)
    return found


def _process(pid: int, kind: str | None) -> dict[str, Any] | None:
    """One process; None where it is gone or belongs to another user."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            status = process.status()
            if status == psutil.STATUS_ZOMBIE:
                return None
            kind = kind or _kind(process.cmdline())
            return {
                "pid": pid,
                "kind": kind,
                "is_stopped": status == psutil.STATUS_STOPPED,
                **(_family(process) if kind == _FAMILY else _alone(process)),
                "started_at": process.create_time(),
            }
    except psutil.Error:
        return None


def _alone(process: Any) -> dict[str, float]:
    memory, cpu = process.memory_info(), process.cpu_times()
    return {"rss_bytes": memory.rss, "cpu_seconds": cpu.user + cpu.system}


def _family(parent: Any) -> dict[str, float]:
    """Of a server whose sessions are processes, all of them; those that have ended are in their
    parent's figures.

    Memory that they share is counted as often as the one has it that has most of it: to ask the
    kernel for their parts (PSS) would take a walk through all pages of each.
    """
    cpu = parent.cpu_times()
    seconds = cpu.user + cpu.system + cpu.children_user + cpu.children_system
    memories = [parent.memory_info()]
    for child in parent.children():
        with contextlib.suppress(psutil.Error):
            own = child.cpu_times()
            seconds += own.user + own.system
            memories.append(child.memory_info())
    # Only Linux tells.
    shared = [getattr(memory, "shared", 0) for memory in memories]
    resident = sum(memory.rss for memory in memories) - sum(shared) + max(shared)
    return {"rss_bytes": resident, "cpu_seconds": seconds}


def _kind(command: list[str]) -> str:
    line = " ".join(command)
    return next((kind for part, kind in _KINDS if part in line), "script")


def _gunicorn_above(pid: int) -> int | None:
    """The process that a web worker was started by."""
    try:
        process = psutil.Process(pid)
        if _kind(process.cmdline()) != "web worker":
            return None
        parent = process.parent()
        return parent.pid if parent and _kind(parent.cmdline()) == "web worker" else None
    except psutil.Error:
        return None
