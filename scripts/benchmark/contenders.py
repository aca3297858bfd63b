"""What the product is compared with, served: bare WSGI on Gunicorn, FastAPI on uvicorn."""

import os
import sys
from collections.abc import Mapping

from scripts.benchmark import environment, servers
from scripts.benchmark.bench import Bench
from scripts.benchmark.servers import Server
from src.embedded import guards

_COMPARATORS = "scripts.benchmark.comparators"
_GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]


def worker_counts() -> tuple[int, int]:
    """How many workers a comparator is tried with: one a core, and as many as Gunicorn gets."""
    cores = os.cpu_count() or 1
    return cores, 2 * cores + 1


def gunicorn(bench: Bench, name: str, module: str, settings: Mapping[str, str]) -> Server:
    """A WSGI module of the comparators under the product's own Gunicorn settings."""
    return serve(bench, name, [*_GUNICORN, f"{_COMPARATORS}.{module}:app"], settings)


def product(
    bench: Bench, name: str, settings: Mapping[str, str], *options: str,
    beside: tuple[int, ...] = (),
) -> Server:  # fmt: skip
    """The product's own application, over servers that others have started."""
    return serve(bench, name, [*_GUNICORN, "src.main:app", *options], settings, beside=beside)


def uvicorn(
    bench: Bench, name: str, module: str, settings: Mapping[str, str], *,
    workers: int, beside: tuple[int, ...],
) -> Server:  # fmt: skip
    """An ASGI module of the comparators under uvicorn, set to be fast."""
    command = [str(environment.PYTHON), "-m", "uvicorn", f"{_COMPARATORS}.{module}:app"]
    command += ["--loop=uvloop", "--http=httptools", "--no-access-log", "--log-level=warning"]
    command += [f"--workers={workers}"]
    return serve(bench, name, command, settings, beside=beside)


def serve(
    bench: Bench, name: str, command: list[str], settings: Mapping[str, str], *,
    beside: tuple[int, ...] = (),
) -> Server:  # fmt: skip
    """Any server that takes its port from PORT, once it answers."""
    bench.step(f"starting {name}")
    port = guards.free_port()
    folder = bench.folder / name.replace(" ", "-")
    environ = {**os.environ, **settings, "PORT": str(port), "UVICORN_PORT": str(port)}
    child = servers.spawn(bench, command, environ, folder)
    servers.await_answer(child, port, "/api/v1/jobs", folder)
    return Server(name, port, child, beside)
