"""Servers under test: started on free ports of the loopback, watched, and ended with the benchmark.

All of them die with this process, whatever kills it (src/embedded/process.py).
"""

import contextlib
import http.client
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from scripts.benchmark.bench import Bench
from scripts.benchmark.environment import ROOT
from scripts.benchmark.result import CannotMeasure
from src.embedded import process
from src.embedded.process import Child

LOOK_SECONDS = 0.01
START_SECONDS = 120.0
STOP_SECONDS = 60.0
# Who takes less of a processor than this, for so long, rests.
REST_SHARE, REST_SECONDS = 0.1, 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a server; the names of its headers as it wrote them."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header by its name in lower case."""
        return next((value for known, value in self.headers if known.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers on a port, and the ids of other processes that work for it."""

    name: str
    port: int
    child: Child
    beside: tuple[int, ...] = ()

    def cpu_seconds(self) -> float:
        """What it, all below it and all beside it took of the processors so far."""
        return sum(
            _cpu_seconds(member) for pid in (self.child.pid, *self.beside) for member in family(pid)
        )


def settle(server: Server) -> None:
    """Wait until it rests: it answers before the last of its workers has started.

    Raises CannotMeasure when it never does.
    """
    deadline = time.monotonic() + START_SECONDS
    taken = server.cpu_seconds()
    while time.monotonic() < deadline:
        time.sleep(REST_SECONDS)
        before, taken = taken, server.cpu_seconds()
        if taken - before < REST_SHARE * REST_SECONDS:
            return
    raise CannotMeasure(f"{server.name} works without being asked anything")


def family(pid: int) -> Iterator[psutil.Process]:
    """A process and all that descend from it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        own = psutil.Process(pid)
        yield own
        yield from own.children(recursive=True)


def _cpu_seconds(member: psutil.Process) -> float:
    """With what its ended children took: Gunicorn replaces its workers."""
    with contextlib.suppress(psutil.NoSuchProcess):
        times = member.cpu_times()
        own = times.user + times.system
        return float(own + times.children_user + times.children_system)
    return 0.0


def spawn(bench: Bench, command: list[str], environ: Mapping[str, str], folder: Path) -> Child:
    """Start a server whose words go to `output.log` in `folder`; it ends with the benchmark."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "output.log").open("ab") as output:
        child = process.spawn(command, environ=environ, output=output, folder=ROOT)
    bench.stack.callback(stop, child)
    return child


def stop(child: Child) -> None:
    """Ask kindly, and wait for the end."""
    process.stop(child, (signal.SIGTERM, STOP_SECONDS))


def await_answer(child: Child, port: int, path: str, folder: Path) -> Answer:
    """The first answer that is 200.

    Raises CannotMeasure with the last words of a process that ended or never gave one.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            answer = ask(port, path)
            if answer.status == 200:
                return answer
        time.sleep(LOOK_SECONDS)
    words = (folder / "output.log").read_text(errors="replace").splitlines()[-5:]
    raise CannotMeasure(" ".join((f"no 200 for {path} from a server that was started;", *words)))


def ask(port: int, path: str) -> Answer:
    """One GET on a connection of its own. Raises OSError and HTTPException."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()
