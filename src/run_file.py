"""How a second shell finds a serving embedded instance; src/embedded/runfile.py writes the file."""

import fcntl
import json
from pathlib import Path
from typing import Any

RUN_FILE = "run.json"
LOCK_FILE = "lock"


def holder(data_dir: Path) -> int | None:
    """The pid of the supervisor that holds this data folder; None when none does."""
    try:
        with (data_dir / LOCK_FILE).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read())
    except (OSError, ValueError):
        return None
    return None


def read_run_file(data_dir: Path) -> dict[str, Any] | None:
    """What the supervisor wrote about its running instance; None unless it holds the folder still.

    Its lock says so. When a process began is told by a clock that can be set meanwhile.
    """
    try:
        run: dict[str, Any] = json.loads((data_dir / RUN_FILE).read_text())
        supervisor = run["pids"]["supervisor"]
    except (OSError, ValueError, KeyError):
        return None
    return run if holder(data_dir) == supervisor else None


def settings_of_running(data_dir: Path) -> dict[str, str]:
    """The settings that reach the instance that serves from there; none when nobody does."""
    run = read_run_file(data_dir)
    if run is None:
        return {}
    names = ("database_url", "migration_database_url", "redis_url", "secret_key", "port")
    found = {name.upper(): str(run[name]) for name in names if run.get(name)}
    return found | {"TALENTSPHERE_EMBEDDED": "1"}
