"""The scripts that back up and restore, run as an operator runs them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

Ran = tuple[int, dict[str, Any], str]


def environ_of(data_dir: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "TALENTSPHERE_DATA_DIR": str(data_dir)}


def ran(
    root: Path, data_dir: Path, script: str, *arguments: str, folder: Path | None = None
) -> Any:
    command = ["bash", str(root / "scripts" / script), *arguments]
    return subprocess.run(
        command, env=environ_of(data_dir), capture_output=True, text=True, check=False, cwd=folder
    )


def run(root: Path, data_dir: Path, script: str, *arguments: str) -> Ran:
    done = ran(root, data_dir, script, "--json", *arguments)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr
