"""Worker class and count of Gunicorn, cached and uncached: the measurement behind its settings."""

from collections.abc import Iterator

from scripts.benchmark import contenders, jobs_page, product, rounds, servers
from scripts.benchmark.bench import Bench, Measured
from scripts.benchmark.product import Product
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bound, Row
from scripts.benchmark.rounds import Figure, Rounds
from scripts.benchmark.servers import Server

# Threads of each of the workers that have some.
THREADS = 4
# What decides: no shape may give its slowest percent in much less time than the chosen one.
SLOWEST = Bound(1.25, is_ceiling=True)


@benchmark("workers", "0")
def worker_shapes(bench: Bench) -> Iterator[Row]:
    """The chosen worker class and count against others, under the same settings."""
    own = product.start(bench, "servers", WEB_CONCURRENCY="1")
    for what, cache in (("cached", "true"), ("uncached", "false")):
        shapes = [_shape(bench, own, *shape, cache) for shape in _shapes()]
        answer = servers.ask(shapes[0].port, jobs_page.PATH)
        seen = rounds.run(bench, [jobs_page.contender(each, answer, "") for each in shapes])
        chosen, others = shapes[0].name, [each.name for each in shapes[1:]]
        for other in others:
            yield _row(seen, f"{what}: answers/s", (chosen, other), rounds.per_second)
            yield _row(seen, f"{what}: slowest percent", (chosen, other), _p99, SLOWEST)
        for each in shapes:
            servers.stop(each.child)


def _shapes() -> Iterator[tuple[str, int]]:
    cores, chosen = contenders.worker_counts()
    yield from (("sync", chosen), ("sync", cores), ("sync", 2 * chosen))
    yield from (("gthread", cores), ("gthread", chosen))


def _shape(bench: Bench, own: Product, kind: str, workers: int, cache: str) -> Server:
    threads = 1 if kind == "sync" else THREADS
    name = f"{workers} {kind} workers of {threads}, cache {cache}"
    options = ["--worker-class", kind, "--threads", str(threads), "--workers", str(workers)]
    beside = tuple(int(own.run["pids"][part]) for part in ("postgres", "cache"))
    settings = own.settings | {"CACHE_ENABLED": cache, "WEB_CONCURRENCY": str(workers)}
    return contenders.product(bench, name, settings, *options, beside=beside)


def _p99(measured: Measured) -> float:
    return measured.seen.p99_ms


def _row(
    seen: Rounds, what: str, pair: tuple[str, str], figure: Figure, bound: Bound | None = None
) -> Row:
    value, spread = rounds.ratio(seen, *pair, figure)
    return Row("0", f"{what} of {pair[0]} by {pair[1]}", value, "in turn", "×", bound, spread)
