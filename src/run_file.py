"""How a second shell finds a serving embedded instance; src/embedded/runfile.py writes the file."""

import json
from pathlib import Path
from typing import Any

import psutil

RUN_FILE = "run.json"


def read_run_file(data_dir: Path) -> dict[str, Any] | None:
    """What the supervisor wrote about its running instance; None unless that process lives."""
    try:
        run: dict[str, Any] = json.loads((data_dir / RUN_FILE).read_text())
        process = psutil.Process(run["pids"]["supervisor"])
        alive = abs(process.create_time() - run["supervisor_started"]) < 1
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return run if alive else None


def settings_of_running(data_dir: Path) -> dict[str, str]:
    """The settings that reach the instance that serves from there; none when nobody does."""
    run = read_run_file(data_dir)
    if run is None:
        return {}
    names = ("database_url", "migration_database_url", "redis_url", "secret_key", "port")
    found = {name.upper(): str(run[name]) for name in names if run.get(name)}
    return found | {"TALENTSPHERE_EMBEDDED": "1"}
