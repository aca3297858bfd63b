"""Target 1: the cached page of jobs beside the least that WSGI can do, and beside FastAPI."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import orjson
from redis import Redis

from scripts.benchmark import ceiling, compare, contenders, load, product, rounds, servers
from scripts.benchmark.bench import Bench
from scripts.benchmark.client import Request
from scripts.benchmark.compare import Pair
from scripts.benchmark.product import Product
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bound, CannotMeasure, Row
from scripts.benchmark.rounds import Contender, Rounds
from scripts.benchmark.servers import Answer, Server

PAGE = "/api/v1/jobs"
WHAT = "cached GET /jobs"
BY_CONSTANT = Bound(0.45, goal=0.55)
BY_FASTAPI = Bound(1.0)
# An entry ends now and then, and is made again by one request.
LEAST_HITS = 0.995
# Cursors of other moments differ by some bytes.
SLACK_BYTES = 32
TAGS, TOKEN_BYTES = 6, 16
# What each server writes itself.
_OF_THE_SERVER = ("server", "date", "connection")


@benchmark("http", "1")
def cached_page(bench: Bench) -> Iterator[Row]:
    """Cached GET /jobs against a bare WSGI constant and against FastAPI over Redis."""
    own = product.start(bench, "TalentSphere")
    answer = _hit(own.server)
    known = bench.folder / "answer.json"
    _write(answer, known)
    ceiling.note(bench, known, len(answer.body), PAGE)
    constant = contenders.gunicorn(
        bench, "bare WSGI constant", "constant", own.settings | {"BENCHMARK_ANSWER": str(known)}
    )
    _store(answer, own)
    rivals = [_fastapi(bench, own, workers) for workers in contenders.worker_counts()]
    hit = _hit_mark(answer)
    seen = rounds.run(
        bench,
        [
            _contender(own.server, answer, hit),
            _contender(constant, answer, hit),
            *(_contender(rival, answer, hit.lower()) for rival in rivals),
        ],
    )
    for server in (own.server, *rivals):
        _require_hits(seen, server.name)
    best = rounds.fastest(seen, [rival.name for rival in rivals])
    own_name = own.server.name
    for pair in (
        Pair("1", WHAT, own_name, constant.name, BY_CONSTANT),
        Pair("1", WHAT, own_name, best, BY_FASTAPI),
    ):
        yield from compare.rows(bench, seen, pair)


def _hit(server: Server) -> Answer:
    """An answer out of the cache, once it is filled."""
    for _ in range(20):
        answer = servers.ask(server.port, PAGE)
        if answer.header("x-cache") == "hit":
            return answer
    said = answer.header("x-cache")
    raise CannotMeasure(f"no cached answer to be had: X-Cache is {said or 'absent'} after 20 asks")


def _hit_mark(answer: Answer) -> str:
    name = next(name for name, _ in answer.headers if name.lower() == "x-cache")
    return f"{name}: hit"


def _write(answer: Answer, path: Path) -> None:
    headers = [
        (name, value) for name, value in answer.headers if name.lower() not in _OF_THE_SERVER
    ]
    path.write_text(json.dumps({"headers": headers, "body": answer.body.decode()}))


def _store(answer: Answer, own: Product) -> None:
    """As the product stores it: the tokens of its tags, then what is sent."""
    tokens = {f"t:benchmark-{n}": secrets.token_bytes(TOKEN_BYTES) for n in range(TAGS)}
    left_out = (*_OF_THE_SERVER, "content-length")
    headers = {name: value for name, value in answer.headers if name.lower() not in left_out}
    entry = b"".join(tokens.values()) + orjson.dumps(headers) + b"\n" + answer.body
    with Redis.from_url(str(own.run["redis_url"])) as client:
        client.mset({**tokens, "v:benchmark": entry})


def _fastapi(bench: Bench, own: Product, workers: int) -> Server:
    beside = (int(own.run["pids"]["cache"]),)
    name = f"FastAPI, {workers} workers"
    return contenders.uvicorn(bench, name, "cached", own.settings, workers=workers, beside=beside)


def _contender(server: Server, answer: Answer, mark: str) -> Contender:
    asked = load.get(PAGE, server.port)
    return Contender(server, [Request(asked, 200, len(answer.body), SLACK_BYTES)], mark)


def _require_hits(seen: Rounds, name: str) -> None:
    share = rounds.marked_share(seen, name)
    if share is not None and share < LEAST_HITS:
        raise CannotMeasure(f"{name}: only {share:.1%} of the answers were cache hits")
