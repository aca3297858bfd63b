"""The load client as a whole: processes of scripts.benchmark.client, or wrk, and what they saw."""

import contextlib
import dataclasses
import json
import subprocess
import sys
from collections.abc import Sequence

from scripts.benchmark import wrk
from scripts.benchmark.bench import Settings
from scripts.benchmark.client import Counted, Load
from scripts.benchmark.environment import ROOT
from scripts.benchmark.result import CannotMeasure
from scripts.benchmark.seen import Seen, percentile


def get(path: str, port: int) -> str:
    """The text of a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n\r\n"


def put(settings: Settings, load: Load) -> Seen:
    """Load a server.

    Raises CannotMeasure when it gave no right answer.
    """
    seen = (wrk.put if settings.client == "wrk" else _own)(settings, load)
    if seen.answers == 0:
        raise CannotMeasure(f"no right answer; {seen.errors} wrong or broken {seen.last_wrong}")
    return seen


def _own(settings: Settings, load: Load) -> Seen:
    processes = min(settings.client_processes, load.connections)
    shares = [load.connections // processes + (i < load.connections % processes)
              for i in range(processes)]  # fmt: skip
    with contextlib.ExitStack() as stack:
        clients = [_start(stack, dataclasses.replace(load, connections=n)) for n in shares]
        for client in clients:
            _read_line(client)
        for client in clients:
            _write(client, "go")
        return _sum([Counted(**json.loads(_read_line(client))) for client in clients])


def _start(stack: contextlib.ExitStack, load: Load) -> subprocess.Popen[str]:
    """In a session of its own: Ctrl-C reaches the benchmark alone, which ends it."""
    client = subprocess.Popen(
        [sys.executable, "-m", "scripts.benchmark.client"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    stack.enter_context(client)
    stack.callback(client.kill)
    _write(client, json.dumps(dataclasses.asdict(load)))
    return client


def _write(client: subprocess.Popen[str], line: str) -> None:
    if client.stdin is not None:
        client.stdin.write(f"{line}\n")
        client.stdin.flush()


def _read_line(client: subprocess.Popen[str]) -> str:
    line = client.stdout.readline() if client.stdout is not None else ""
    if not line:
        raise CannotMeasure("the load client ended early: see its words above")
    return line


def _sum(parts: Sequence[Counted]) -> Seen:
    latencies = sorted(us for part in parts for us in part.latencies_us)
    return Seen(
        per_second=sum(len(part.latencies_us) / part.seconds for part in parts),
        p50_ms=percentile(latencies, 0.50) / 1000,
        p95_ms=percentile(latencies, 0.95) / 1000,
        p99_ms=percentile(latencies, 0.99) / 1000,
        answers=len(latencies),
        errors=sum(part.wrong + part.broken for part in parts),
        marked=sum(part.marked for part in parts),
        client_busy=max(part.cpu_seconds / part.seconds for part in parts),
        last_wrong=max(part.last_wrong for part in parts),
    )
