"""The one command, served for a test on a port and data of its own."""

import contextlib
import fcntl
import json
import shutil
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

from scripts import inherited, prepared
from src.config import Config
from src.embedded import postgres
from src.embedded.guards import free_port
from src.embedded.instance import embedded_settings, migrate
from src.embedded.layout import Layout

Instance = tuple[subprocess.Popen[bytes], Path, int]
ROOT = Path(__file__).parents[1]


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


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs: not ended, whoever has or has not taken note of that."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


@contextlib.contextmanager
def standing_still(*processes: psutil.Process) -> Iterator[None]:
    """These and their children, stopped meanwhile."""
    frozen = [each for process in processes for each in (process, *process.children())]
    for process in frozen:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in frozen:
            # Of those that were given up one may have ended.
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


def begun(port: int) -> socket.socket:
    """A request whose worker waits for the rest of its body, which are 49 bytes."""
    caller = socket.create_connection(("127.0.0.1", port), timeout=40)
    caller.sendall(
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"Content-Length: 50\r\n\r\n{"
    )
    wait_for(lambda: is_read(port))
    return caller


def is_read(port: int) -> bool:
    """Whether a worker has accepted the caller: it is the only one who is connected."""
    served = [c for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == port]
    return any(c.status == psutil.CONN_ESTABLISHED and c.pid for c in served)


def run_file(data_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data_dir / "run.json").read_text())
    return found


def is_whole(data_dir: Path) -> bool:
    """Whether its last part, the background worker, has been started."""
    with contextlib.suppress(OSError):
        return "worker" in run_file(data_dir)["pids"]
    return False


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """What a start from nothing leaves before it serves: a migrated database and a secret.

    Made by whichever process of the tests comes first; the others wait for it.
    """
    own = tmp_path_factory.getbasetemp()
    folder = own if worker_id == "master" else own.parent
    data_dir, done = folder / "first" / "var", folder / "first.done"
    with (folder / "first.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(data_dir, ignore_errors=True)
            migrated(Layout(data_dir))
            done.touch()
    return data_dir


def migrated(layout: Layout) -> None:
    """Make the database, as the supervisor does; no server runs afterwards."""
    environ = inherited.environ() | {"TALENTSPHERE_DATA_DIR": str(layout.data_dir)}
    layout.prepare()
    server = postgres.start(layout, durable=False)
    postgres.ensure_database(layout)
    environ |= embedded_settings(layout, environ)
    migrate(Config.from_environment(environ), layout, environ, lambda: False)
    postgres.stop(server)


@pytest.fixture
def prepared_servers(first_start: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts that start servers of their own begin from a migrated database."""
    monkeypatch.setenv(prepared.VARIABLE, str(first_start))


def started_before(data_dir: Path, first_start: Path) -> Path:
    """The data folder, as if an instance had been served from it once: the next start is short."""
    data_dir.mkdir(parents=True)
    prepared.copy_database(first_start, data_dir)
    shutil.copy(first_start / "secret_key", data_dir)
    return data_dir


@pytest.fixture
def instance(tmp_path: Path, first_start: Path) -> Iterator[Instance]:
    """A served instance for one test."""
    with serving(started_before(tmp_path / "var", first_start), ROOT) as served:
        yield served


@contextlib.contextmanager
def shared(factory: pytest.TempPathFactory, first_start: Path) -> Iterator[Instance]:
    """A served instance for tests that leave it serving, whatever its tables hold and whoever of
    its children is a new one.
    """
    data_dir = factory.mktemp("shared") / "var"
    with serving(started_before(data_dir, first_start), ROOT) as served:
        yield served


@pytest.fixture(scope="module")
def shared_instance(
    tmp_path_factory: pytest.TempPathFactory, first_start: Path
) -> Iterator[Instance]:
    """One for a file."""
    with shared(tmp_path_factory, first_start) as served:
        yield served


@contextlib.contextmanager
def serving(
    data_dir: Path, code: Path, output: Any = subprocess.DEVNULL, **settings: str
) -> Iterator[Instance]:
    """The code of a folder, served without demo data."""
    port = free_port()
    environ = inherited.environ() | {
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
