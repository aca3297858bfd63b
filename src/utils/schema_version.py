"""Which schema this code was written for."""

import functools
from pathlib import Path

_MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"


@functools.cache
def newest() -> str:
    """The number of the newest migration, which names order as they were written."""
    return max(path.name.split("_")[0] for path in _MIGRATIONS.glob("[0-9]*_*.py"))
