"""An instance of the product for a drill: its own data, port and servers, ended with the drill."""

import http.client
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import inherited, prepared
from src.embedded import guards, process
from src.embedded.process import Child
from src.run_file import read_run_file

ROOT = Path(__file__).parents[2]
START_SECONDS = 180.0
LOOK_SECONDS = 0.05


class CannotDrill(Exception):
    """The drill has nothing to work on; the message says why."""


@dataclass(frozen=True, slots=True)
class Served:
    """A serving instance."""

    supervisor: Child
    port: int
    data_dir: Path

    def pids(self) -> dict[str, int]:
        """Its processes by name, as its run file says; none while it has none."""
        run = read_run_file(self.data_dir)
        return dict(run["pids"]) if run else {}

    def environ(self) -> dict[str, str]:
        """What makes a command one of this instance: it finds the run file."""
        return own_environ(self.data_dir)

    def is_ready(self) -> bool:
        """Whether it answers that it can serve."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def own_environ(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of an instance, or of a command over its data folder."""
    own = {"TALENTSPHERE_DATA_DIR": str(data_dir), "LOG_LEVEL": "WARNING"}
    return inherited.environ() | own | settings


@contextmanager
def serve(data_dir: Path, code: Path = ROOT, **settings: str) -> Iterator[Served]:
    """Serve the code of a folder without demo data.

    Raises CannotDrill with its last words when it does not come up.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    prepared.begin_in(data_dir)
    port = guards.free_port()
    environ = own_environ(data_dir, PORT=str(port), **{"TALENTSPHERE_DEMO": "0"} | settings)
    log = data_dir / "output.log"
    with log.open("ab") as output:
        command = [sys.executable, "-m", "scripts.serve"]
        supervisor = process.spawn(command, environ=environ, output=output, folder=code)
    served = Served(supervisor, port, data_dir)
    try:
        _await(served, log)
        yield served
    finally:
        process.stop(supervisor, (signal.SIGTERM, 60.0))


def await_true(condition: Any, seconds: float, what: str) -> None:
    """Wait until `condition()` holds. Raises CannotDrill, saying `what` did not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise CannotDrill(f"{what}: not within {seconds:.0f} s")
        time.sleep(LOOK_SECONDS)


def _await(served: Served, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    # The background worker is started last.
    while not ("worker" in served.pids() and served.is_ready()):
        if served.supervisor.poll() is not None or time.monotonic() > deadline:
            words = log.read_text(errors="replace").splitlines()[-5:]
            raise CannotDrill(" ".join(("the instance did not come up;", *words)))
        time.sleep(LOOK_SECONDS)
