"""Target 2: the uncached page of jobs beside the same statements in FastAPI and asyncpg."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

from scripts.benchmark import compare, contenders, jobs_page, product, rounds, servers, statements
from scripts.benchmark.bench import Bench
from scripts.benchmark.compare import Pair
from scripts.benchmark.product import Product
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bound, CannotMeasure, Row
from scripts.benchmark.servers import Server

BY_FASTAPI = Bound(1.0)
# Connections of a worker, asyncpg's own default: with 1 or 2 it was slower by a third, with 5 not.
POOL = 10


@benchmark("http", "2")
def uncached_page(bench: Bench) -> Iterator[Row]:
    """Uncached GET /jobs against the same statements in FastAPI + asyncpg."""
    own = product.start(bench, "TalentSphere without cache", CACHE_ENABLED="false")
    known = bench.folder / "statements.json"
    _write_statements(own, known)
    rivals = [_fastapi(bench, own, known, workers) for workers in contenders.worker_counts()]
    answer = servers.ask(own.server.port, jobs_page.PATH)
    for rival in rivals:
        jobs_page.require_same(answer, rival)
    everybody = [
        jobs_page.contender(server, answer, "X-Cache: hit") for server in (own.server, *rivals)
    ]
    seen = rounds.run(bench, everybody)
    if rounds.marked_share(seen, own.server.name):
        raise CannotMeasure("some answers came out of a cache")
    best = rounds.fastest(seen, [rival.name for rival in rivals])
    pair = Pair("2", "uncached GET /jobs", own.server.name, best, BY_FASTAPI)
    yield from compare.rows(bench, seen, pair)


def _write_statements(own: Product, path: Path) -> None:
    found = statements.of_request(own, jobs_page.PATH)
    if len(found) != 2:
        raise CannotMeasure(
            f"GET /jobs runs {len(found)} statements: scripts/benchmark/comparators/page.py"
            " knows two, the count and the rows"
        )
    path.write_text(json.dumps([dataclasses.asdict(statement) for statement in found]))


def _fastapi(bench: Bench, own: Product, known: Path, workers: int) -> Server:
    beside = (int(own.run["pids"]["postgres"]),)
    settings = own.settings | {"BENCHMARK_PAGE": str(known), "BENCHMARK_POOL": str(POOL)}
    name = f"FastAPI + asyncpg, {workers} workers"
    return contenders.uvicorn(bench, name, "page", settings, workers=workers, beside=beside)
