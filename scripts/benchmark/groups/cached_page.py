"""Target 1: the cached page of jobs beside the least that WSGI can do, and beside FastAPI."""

import json
import secrets
from collections.abc import Iterator

import orjson
from redis import Redis

from scripts.benchmark import ceiling, compare, contenders, jobs_page, product, rounds, servers
from scripts.benchmark.bench import Bench
from scripts.benchmark.compare import Pair
from scripts.benchmark.product import Product
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bound, CannotMeasure, Row
from scripts.benchmark.rounds import Rounds
from scripts.benchmark.servers import Answer, Server

BY_CONSTANT = Bound(0.45, goal=0.55)
BY_FASTAPI = Bound(1.0)
# An entry ends now and then, and is made again by one request.
LEAST_HITS = 0.995
TAGS, TOKEN_BYTES = 6, 16
# What each server writes itself.
_OF_THE_SERVER = ("server", "date", "connection")


@benchmark("http", "1")
def cached_page(bench: Bench) -> Iterator[Row]:
    """Cached GET /jobs against a bare WSGI constant and against FastAPI over Redis."""
    own = product.start(bench, "TalentSphere")
    answer = _hit(own.server)
    constant = _constant(bench, own, answer)
    _store(answer, own)
    rivals = [_fastapi(bench, own, workers) for workers in contenders.worker_counts()]
    keeper = _fastapi(bench, own, contenders.worker_counts()[0], keeps=True)
    for other in (constant, *rivals, keeper):
        jobs_page.require_same(answer, other)
    mark = _hit_mark(answer)
    contending = [jobs_page.contender(server, answer, mark) for server in (own.server, constant)]
    # uvicorn writes the names of headers in lower case.
    contending += [jobs_page.contender(rival, answer, mark.lower()) for rival in (*rivals, keeper)]
    seen = rounds.run(bench, contending)
    for server in (own.server, *rivals, keeper):
        _require_hits(seen, server.name)
    best = rounds.fastest(seen, [rival.name for rival in rivals])
    for name, bound in ((constant.name, BY_CONSTANT), (best, BY_FASTAPI), (keeper.name, None)):
        pair = Pair("1", "cached GET /jobs", own.server.name, name, bound)
        yield from compare.rows(bench, seen, pair)


def _constant(bench: Bench, own: Product, answer: Answer) -> Server:
    """The same bytes and headers without an application; beside it, the client's own limit."""
    known = bench.folder / "answer.json"
    headers = [pair for pair in answer.headers if pair[0].lower() not in _OF_THE_SERVER]
    known.write_text(json.dumps({"headers": headers, "body": answer.body.decode()}))
    ceiling.note(bench, known, len(answer.body), jobs_page.PATH)
    settings = own.settings | {"BENCHMARK_ANSWER": str(known)}
    return contenders.gunicorn(bench, "bare WSGI constant", "constant", settings)


def _hit(server: Server) -> Answer:
    """An answer out of the cache, once it is filled."""
    for _ in range(20):
        answer = servers.ask(server.port, jobs_page.PATH)
        if answer.header("x-cache") == "hit":
            return answer
    said = answer.header("x-cache")
    raise CannotMeasure(f"no cached answer to be had: X-Cache is {said or 'absent'} after 20 asks")


def _hit_mark(answer: Answer) -> str:
    name = next(name for name, _ in answer.headers if name.lower() == "x-cache")
    return f"{name}: hit"


def _store(answer: Answer, own: Product) -> None:
    """As the product stores it: the tokens of its tags, then what is sent."""
    tokens = {f"t:benchmark-{n}": secrets.token_bytes(TOKEN_BYTES) for n in range(TAGS)}
    left_out = (*_OF_THE_SERVER, "content-length")
    headers = {name: value for name, value in answer.headers if name.lower() not in left_out}
    entry = b"".join(tokens.values()) + orjson.dumps(headers) + b"\n" + answer.body
    with Redis.from_url(str(own.run["redis_url"])) as client:
        client.mset({**tokens, "v:benchmark": entry})


def _fastapi(bench: Bench, own: Product, workers: int, *, keeps: bool = False) -> Server:
    beside = (int(own.run["pids"]["cache"]),)
    settings = own.settings | {"BENCHMARK_KEEPS": str(int(keeps))}
    name = f"FastAPI{' that keeps the bytes' if keeps else ''}, {workers} workers"
    return contenders.uvicorn(bench, name, "cached", settings, workers=workers, beside=beside)


def _require_hits(seen: Rounds, name: str) -> None:
    share = rounds.marked_share(seen, name)
    if share is not None and share < LEAST_HITS:
        raise CannotMeasure(f"{name}: only {share:.1%} of the answers were cache hits")
