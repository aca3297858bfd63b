"""Target 12: from the one command to the first answer of an instance that was there before."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from scripts.benchmark import product, servers
from scripts.benchmark.bench import Bench
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bars, Bound, Row, middle

IN_TIME = Bound(6.0, goal=4.0, is_ceiling=True)
STARTS, STARTS_QUICK = 5, 2
MEGABYTE = 1_000_000
# Until the background worker and the last web worker are there.
SETTLE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds to the first answer, and megabytes once all of it runs."""

    seconds: float
    # Shared pages are divided among the processes that share them.
    whole_mb: float
    worker_mb: float


@benchmark("http", "12")
def warm_start(bench: Bench) -> Iterator[Row]:
    """Start with the embedded servers to the first answer of /health/ready, and the memory."""
    data_dir = bench.folder / "instance"
    bench.step("first start: servers, schema and demo data")
    first = _start(bench, data_dir)
    count = STARTS_QUICK if bench.settings.quick else STARTS
    starts = []
    for number in range(count):
        bench.step(f"warm start {number + 1} of {count}")
        starts.append(_start(bench, data_dir))
    how = f"median of {count} starts on loaded demo data, asked each 10 ms"
    seconds, spread = middle([start.seconds for start in starts])
    values = [("warm start", seconds), ("first start, with schema and demo data", first.seconds)]
    yield Row(
        "12", "warm start to the first answer of /health/ready", seconds, how, "s",
        IN_TIME, spread, Bars("s", values, line=IN_TIME.limit),
    )  # fmt: skip
    for what, figures in (
        ("memory of the whole instance after its start", [start.whole_mb for start in starts]),
        ("memory of a web worker after its start", [start.worker_mb for start in starts]),
    ):
        figure, spread = middle(figures)
        yield Row("12", what, figure, "proportional set size", "MB", spread=spread)


def _start(bench: Bench, data_dir: Path) -> Start:
    started = time.perf_counter()
    child, port = product.spawn(bench, data_dir)
    servers.await_answer(child, port, "/health/ready", data_dir)
    seconds = time.perf_counter() - started
    run = product.await_run_file(data_dir)
    time.sleep(SETTLE_SECONDS)
    workers = psutil.Process(run["pids"]["gunicorn"]).children()
    whole = [_megabytes(member) for member in servers.family(child.pid)]
    worker_mb, _ = middle([_megabytes(worker) for worker in workers])
    servers.stop(child)
    return Start(seconds, sum(whole), worker_mb)


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / MEGABYTE
