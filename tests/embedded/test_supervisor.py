"""The one command: what it starts, what it restarts, and that it leaves nothing behind."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
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


@pytest.fixture
def instance(tmp_path: Path, root: Path) -> Iterator[Instance]:
    data_dir, port = tmp_path / "var", free_port()
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environ |= {
        "TALENTSPHERE_DATA_DIR": str(data_dir), "PORT": str(port), "WEB_CONCURRENCY": "1",
        "TALENTSPHERE_DEMO": "0",
    }  # fmt: skip
    command = [sys.executable, "-m", "scripts.serve"]
    supervisor = subprocess.Popen(command, cwd=root, env=environ, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: is_ready(port) and (data_dir / "run.json").exists(), 60)
        yield supervisor, data_dir, port
    finally:
        supervisor.kill()
        supervisor.wait()


def family(data_dir: Path) -> list[psutil.Process]:
    own = psutil.Process(run_file(data_dir)["pids"]["supervisor"])
    return [own, *own.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_running_however_it_ends(
    instance: Instance, ending: signal.Signals
) -> None:
    supervisor, data_dir, _ = instance
    processes = family(data_dir)
    assert len(processes) > 6
    supervisor.send_signal(ending)
    supervisor.wait(30)
    wait_for(lambda: gone(processes))
    if ending != signal.SIGKILL:
        assert not (data_dir / "run.json").exists()


def test_a_killed_cache_and_database_are_back_within_two_seconds(instance: Instance) -> None:
    _, data_dir, port = instance
    for name in ("cache", "postgres"):
        killed = run_file(data_dir)["pids"][name]
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda name=name, killed=killed: run_file(data_dir)["pids"][name] != killed, 10)
        wait_for(lambda: is_ready(port), 10)


def test_the_run_file_is_private_and_lets_a_second_shell_in(instance: Instance, root: Path) -> None:
    _, data_dir, port = instance
    assert (data_dir / "run.json").stat().st_mode & 0o777 == 0o600
    assert run_file(data_dir)["port"] == port
    environ = {"TALENTSPHERE_DATA_DIR": str(data_dir), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "scripts.create_admin", "first@admin.example"]
    done = subprocess.run(
        command, cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_second_instance_over_the_same_data_is_refused(instance: Instance, root: Path) -> None:
    _, data_dir, _ = instance
    environ = {
        "TALENTSPHERE_DATA_DIR": str(data_dir), "PORT": str(free_port()),
        "PATH": os.environ["PATH"],
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "scripts.serve"],
        cwd=root, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Another instance serves" in done.stderr
