"""Targets 9, 10 and 11: the public mix against the whole served product."""

import statistics
from collections.abc import Iterator

from scripts.benchmark import mix
from scripts.benchmark.bench import Bench
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bars, Bound, CannotMeasure, Row

HIT_RATE = Bound(0.90)
ASKED_A_SECOND = 100
# Changes of a public job a second; the target is the first of them.
CHANGES = (0.1, 0.5, 2.0, 10.0)
SECONDS, SECONDS_QUICK = 20.0, 5.0
USERS = (100, 500)
WARM_SECONDS = 8.0
P95, P99 = Bound(500.0, is_ceiling=True), Bound(1_000.0, is_ceiling=True)
ERRORS, PER_SECOND = Bound(0.001, is_ceiling=True), Bound(1_000.0)
REQUESTS, REQUESTS_QUICK = 10_000, 1_000
CONNECTIONS = 16
RSS_MB, GROWTH = Bound(130.0, is_ceiling=True), Bound(1.02, is_ceiling=True)
MEBIBYTE = 1024 * 1024


def _seconds(bench: Bench) -> float:
    return SECONDS_QUICK if bench.settings.quick else SECONDS


@benchmark("mix", "9")
def hit_rates(bench: Bench) -> Iterator[Row]:
    """The share of the public mix that the cache answers, by how often public jobs change."""
    own = mix.start(bench)
    # In less time the rarest change would not come once.
    paths, seconds = mix.drawn(own), max(_seconds(bench), 1 / CHANGES[0])
    rates = CHANGES[:2] if bench.settings.quick else CHANGES
    bench.step("warming up")
    mix.ask(own, paths, ASKED_A_SECOND, seconds)
    found = {}
    for rate in rates:
        bench.step(f"{rate:g} changes a second")
        with mix.changing(own, rate):
            found[rate] = mix.ask(own, paths, ASKED_A_SECOND, seconds).hit_rate
    how = f"{ASKED_A_SECOND} requests/s for {seconds:.0f} s over {len(set(paths))} paths by Zipf"
    curve = ", ".join(f"{rate:g}/s: {share:.3f}" for rate, share in found.items())
    bars = Bars(
        "of 1", [(f"{rate:g} changes/s", share) for rate, share in found.items()],
        line=HIT_RATE.limit, ours=len(found),
    )  # fmt: skip
    what = "hit rate of the public mix, a public job changed each ten seconds"
    yield Row("9", what, found[rates[0]], f"{how}; {curve}", "of 1", HIT_RATE, bars=bars)


@benchmark("mix", "10")
def crowds(bench: Bench) -> Iterator[Row]:
    """The public mix by 100 and by 500 users at once, who never stop to read."""
    own = mix.start(bench)
    paths, seconds = mix.drawn(own), _seconds(bench)
    bench.step("warming up")
    mix.put(bench, own, paths, USERS[0], WARM_SECONDS)
    for users in USERS:
        bench.step(f"{users} users")
        seen = mix.put(bench, own, paths, users, seconds)
        asked = seen.answers + seen.errors
        how = f"{users} connections without a pause, {asked:,} requests {seen.last_wrong}".rstrip()
        name = f"public mix, {users} users"
        yield Row("10", f"{name}: p95", seen.p95_ms, how, "ms", P95)
        yield Row("10", f"{name}: p99", seen.p99_ms, how, "ms", P99)
        yield Row("10", f"{name}: errors", seen.errors / asked, how, "of 1", ERRORS)
        yield Row("10", f"{name}: answers/s", seen.per_second, how, "", PER_SECOND)


@benchmark("mix", "11")
def memory(bench: Bench) -> Iterator[Row]:
    """Memory of web workers after 10,000 requests to each of them, and after as many more."""
    own = mix.start(bench)
    paths = mix.drawn(own)
    count = REQUESTS_QUICK if bench.settings.quick else REQUESTS
    pids = {worker.pid for worker in mix.workers(own)}
    found = []
    for turn in ("first", "second"):
        bench.step(f"{turn} {count:,} requests a worker")
        answers = 0
        # They share the socket, so that each has about as many as the others.
        while answers < count * len(pids):
            answers += mix.put(bench, own, paths, CONNECTIONS, 1.0).answers
        found.append([worker.memory_info().rss / MEBIBYTE for worker in mix.workers(own)])
    if {worker.pid for worker in mix.workers(own)} != pids:
        raise CannotMeasure("a worker was replaced while it was measured")
    first, second = (statistics.mean(each) for each in found)
    how = (
        f"largest of {len(pids)} workers after {count * len(pids):,} requests to all of them,"
        f" resident; mean {first:.1f}, then {second:.1f} MB"
    )
    what = f"memory of a web worker after {count:,} requests of the public mix"
    yield Row("11", what, max(found[0]), how, "MB", RSS_MB)
    yield Row("11", f"the same after {count:,} more, by it", second / first, how, bound=GROWTH)
