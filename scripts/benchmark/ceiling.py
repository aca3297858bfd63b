"""What the load client could send at most, so that nobody takes its limit for a server's."""

import sys
from pathlib import Path

from scripts.benchmark import contenders, load
from scripts.benchmark.bench import Bench
from scripts.benchmark.client import Load, Request

_SINK = "scripts.benchmark.comparators.sink"


def note(bench: Bench, answer_file: Path, length: int, path: str) -> None:
    """Measure the client against a server that only sends bytes, and write it into the notebook."""
    rates = []
    for closes in ("0", "1"):
        settings = {"BENCHMARK_ANSWER": str(answer_file), "BENCHMARK_CLOSE": closes}
        command = [sys.executable, "-m", _SINK]
        server = contenders.serve(bench, f"sink {closes}", command, settings)
        request = Request(load.get(path, server.port), length=length)
        asked = Load(server.port, [request], bench.settings.connections, 1.0)
        rates.append(load.put(bench.settings, asked).per_second)
    kept, closed = rates
    bench.notes.append(
        f"The client against a server that only sends {length:,} bytes: {kept:,.0f} answers/s on"
        f" kept connections (as uvicorn's are), {closed:,.0f} on one each (as Gunicorn's sync"
        " workers')."
    )
