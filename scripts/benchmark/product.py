"""The product under test, as a whole: its supervisor with servers, data and a port of its own."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import inherited
from scripts.benchmark import servers
from scripts.benchmark.bench import Bench
from scripts.benchmark.result import CannotMeasure
from scripts.benchmark.servers import Server
from src.embedded import guards
from src.embedded.process import Child
from src.run_file import read_run_file


@dataclass(frozen=True, slots=True)
class Product:
    """A served instance, and what its run file says."""

    server: Server
    data_dir: Path
    run: Mapping[str, Any]

    @property
    def settings(self) -> dict[str, str]:
        """The environment that makes another process one of this instance."""
        names = ("database_url", "migration_database_url", "redis_url", "secret_key")
        return {name.upper(): str(self.run[name]) for name in names} | {
            "TALENTSPHERE_EMBEDDED": "1",
            "TALENTSPHERE_DATA_DIR": str(self.data_dir),
            "LOG_LEVEL": "WARNING",
        }


def start(bench: Bench, name: str, **settings: str) -> Product:
    """Serve an instance with demo data.

    Raises CannotMeasure when it does not come up.
    """
    bench.step(f"starting {name}")
    data_dir = bench.folder / name.replace(" ", "-")
    child, port = spawn(bench, data_dir, **settings)
    servers.await_answer(child, port, "/health/ready", data_dir)
    return Product(Server(name, port, child), data_dir, await_run_file(data_dir))


def spawn(bench: Bench, data_dir: Path, **settings: str) -> tuple[Child, int]:
    """Start the one command over a data folder, new or not; the process and its port."""
    port = guards.free_port()
    own = {"TALENTSPHERE_DATA_DIR": str(data_dir), "PORT": str(port), "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "scripts.serve"]
    environ = inherited.environ() | own | settings
    return servers.spawn(bench, command, environ, data_dir), port


def await_run_file(data_dir: Path) -> dict[str, Any]:
    """The run file once it names the background worker, which is started last."""
    deadline = time.monotonic() + servers.START_SECONDS
    while time.monotonic() < deadline:
        run = read_run_file(data_dir)
        if run and "worker" in run["pids"]:
            return run
        time.sleep(servers.LOOK_SECONDS)
    raise CannotMeasure("the background worker was not started")
