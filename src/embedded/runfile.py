"""The run file: how a second shell finds a serving instance; src/run_file.py reads it."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from src.embedded.layout import write_private
from src.run_file import RUN_FILE
from src.utils import clock


@dataclass(slots=True)
class Run:
    """What a script needs to reach the instance; its process ids by name."""

    database_url: str
    migration_database_url: str
    redis_url: str | None
    secret_key: str
    port: int
    pids: dict[str, int]
    started_at: str = field(default_factory=lambda: clock.now().isoformat())


def write(data_dir: Path, run: Run) -> None:
    """Replace the run file at once, readable by this user alone: it holds the secret."""
    run.pids["supervisor"] = os.getpid()
    write_private(data_dir / RUN_FILE, json.dumps(asdict(run), indent=2))


def remove(data_dir: Path) -> None:
    """At a clean stop."""
    (data_dir / RUN_FILE).unlink(missing_ok=True)
