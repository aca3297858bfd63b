"""Clients of the search beside each other, and what the slowest of their answers took."""

import contextlib
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from scripts.benchmark.environment import ROOT
from scripts.benchmark.result import CannotMeasure
from scripts.benchmark.searcher import Timed
from scripts.benchmark.seen import percentile

PARTS = ("page", "with_facets", "facets", "suggest")
SHARES = (0.50, 0.95, 0.99)
Client = subprocess.Popen[str]


def put(
    settings: Mapping[str, str],
    queries: Sequence[str],
    *,
    clients: int = 1,
    parts: Sequence[str] = PARTS,
    rounds: int = 1,
) -> list[Timed]:
    """Ask every query by each of the clients in an order of its own; what its last round took.

    Raises CannotMeasure when a client ends early.
    """  # fmt: skip
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(_client(settings)) for _ in range(clients)]
        for place, client in enumerate(started):
            shuffled = list(queries)
            random.Random(place).shuffle(shuffled)  # noqa: S311 - repeatable, no secret
            order = {"queries": shuffled, "parts": list(parts), "rounds": rounds}
            _write(client, json.dumps(order))
        for client in started:
            _read(client)
        for client in started:
            _write(client, "go")
        return [timed for client in started for timed in json.loads(_read(client))]


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95 and p99."""
    ordered = sorted(values)
    p50, p95, p99 = (percentile(ordered, share) for share in SHARES)
    return p50, p95, p99


@contextlib.contextmanager
def _client(settings: Mapping[str, str]) -> Iterator[Client]:
    client = subprocess.Popen(
        [sys.executable, "-m", "scripts.benchmark.searcher"], cwd=ROOT, env=dict(settings),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield client
    finally:
        client.kill()
        client.communicate()


def _write(client: Client, line: str) -> None:
    if client.stdin is not None:
        client.stdin.write(f"{line}\n")
        client.stdin.flush()


def _read(client: Client) -> str:
    line = client.stdout.readline() if client.stdout is not None else ""
    if not line:
        raise CannotMeasure("a client of the search ended early: see its words above")
    return line
