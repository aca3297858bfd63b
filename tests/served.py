"""The one command, served for a test on a port and data of its own."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Instance = tuple[subprocess.Popen[bytes], Path, int]


def wait_for(condition: Any, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_ready(port: int) -> bool:
    url = f"http://127.0.0.1:{port}/health/ready"
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return bool(json.load(answer)["status"] == "ready")
    return False


def run_file(data_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data_dir / "run.json").read_text())
    return found


@contextlib.contextmanager
def serving(folder: Path, root: Path, output: Any = subprocess.DEVNULL, **settings: str) -> Any:
    """A served instance without demo data: its supervisor, its data and its port."""
    data_dir, port = folder / "var", free_port()
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environ |= {
        "TALENTSPHERE_DATA_DIR": str(data_dir), "PORT": str(port), "WEB_CONCURRENCY": "1",
        "TALENTSPHERE_DEMO": "0", **settings,
    }  # fmt: skip
    command = [sys.executable, "-m", "scripts.serve"]
    # What goes wrong is seen, unless it is written down.
    errors = None if output == subprocess.DEVNULL else output
    supervisor = subprocess.Popen(command, cwd=root, env=environ, stdout=output, stderr=errors)
    try:
        wait_for(lambda: is_ready(port) and (data_dir / "run.json").exists(), 60)
        yield supervisor, data_dir, port
    finally:
        supervisor.kill()
        supervisor.wait()


@pytest.fixture
def instance(tmp_path: Path, root: Path) -> Iterator[Instance]:
    """A served instance for one test."""
    with serving(tmp_path, root) as served:
        yield served
