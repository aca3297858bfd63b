"""The run file: how a second shell finds the servers of a serving instance."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from src.embedded.layout import write_private

NAME = "run.json"


@dataclass(slots=True)
class Run:
    """What a script needs to reach the instance; its process ids by name."""

    database_url: str
    migration_database_url: str
    redis_url: str | None
    secret_key: str
    port: int
    pids: dict[str, int]
    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    supervisor_started: float = field(default_factory=lambda: psutil.Process().create_time())


def write(data_dir: Path, run: Run) -> None:
    """Replace the run file at once, readable by this user alone: it holds the secret."""
    run.pids["supervisor"] = os.getpid()
    write_private(data_dir / NAME, json.dumps(asdict(run), indent=2))


def remove(data_dir: Path) -> None:
    """At a clean stop."""
    (data_dir / NAME).unlink(missing_ok=True)


def read(data_dir: Path) -> dict[str, Any] | None:
    """The running instance; None unless the very process that wrote the file still lives."""
    try:
        run: dict[str, Any] = json.loads((data_dir / NAME).read_text())
        alive = psutil.Process(run["pids"]["supervisor"])
        same = abs(alive.create_time() - run["supervisor_started"]) < 1
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return run if same else None
