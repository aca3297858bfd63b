"""Which schema this code was written for, and how to ask for the one that is there."""

import functools
from pathlib import Path

# What the database says of its own, once it is migrated.
FOUND = "SELECT max(version_num) FROM alembic_version"
_MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"


@functools.cache
def newest() -> str:
    """The number of the newest migration, which names order as they were written."""
    return max(path.name.split("_")[0] for path in _MIGRATIONS.glob("[0-9]*_*.py"))
