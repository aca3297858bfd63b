"""The one command, served for a test on a port and data of its own."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from src.embedded.guards import free_port

Instance = tuple[subprocess.Popen[bytes], Path, int]


def wait_for(condition: Any, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def is_ready(port: int) -> bool:
    url = f"http://127.0.0.1:{port}/health/ready"
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return bool(json.load(answer)["status"] == "ready")
    return False


def run_file(data_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data_dir / "run.json").read_text())
    return found


def is_whole(data_dir: Path) -> bool:
    """Whether its last part, the background worker, has been started."""
    with contextlib.suppress(OSError):
        return "worker" in run_file(data_dir)["pids"]
    return False


@pytest.fixture
def instance(tmp_path: Path, root: Path) -> Iterator[Instance]:
    """A served instance for one test."""
    with serving(tmp_path / "var", root) as served:
        yield served


@contextlib.contextmanager
def serving(
    data_dir: Path, code: Path, output: Any = subprocess.DEVNULL, **settings: str
) -> Iterator[Instance]:
    """The code of a folder, served without demo data."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environ |= {
        "TALENTSPHERE_DATA_DIR": str(data_dir), "PORT": str(port), "WEB_CONCURRENCY": "1",
        "TALENTSPHERE_DEMO": "0", **settings,
    }  # fmt: skip
    command = [sys.executable, "-m", "scripts.serve"]
    # What goes wrong is seen, unless it is written down.
    errors = None if output == subprocess.DEVNULL else output
    supervisor = subprocess.Popen(command, cwd=code, env=environ, stdout=output, stderr=errors)
    try:
        wait_for(lambda: is_ready(port) and is_whole(data_dir), 60)
        yield supervisor, data_dir, port
    finally:
        supervisor.kill()
        supervisor.wait()
