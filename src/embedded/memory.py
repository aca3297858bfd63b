"""How much memory the embedded servers may plan with."""

from pathlib import Path

import psutil

MEBIBYTE = 1024 * 1024
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def total_megabytes() -> int:
    """The machine's memory, or the container's limit where that is less."""
    known: list[int] = [psutil.virtual_memory().total]
    for path in _CONTAINER_LIMITS:
        try:
            known.append(int(path.read_text()))
        except (OSError, ValueError):
            continue
    return min(known) // MEBIBYTE


def share(divisor: int, least: int, most: int) -> str:
    """A fraction of the memory between two bounds in megabytes, as PostgreSQL writes it."""
    return f"{max(least, min(most, total_megabytes() // divisor))}MB"
