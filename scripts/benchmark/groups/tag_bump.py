"""Target 8: making a tag's answers old takes as long among a million keys as among ten."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from redis import Redis

from scripts.benchmark.bench import Bench
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bars, Bound, CannotMeasure, Row, middle
from src.config import Config
from src.embedded import valkey
from src.embedded.layout import Layout
from src.main import create_app
from src.utils.cache import invalidate_cache

FEW, MANY, MANY_QUICK = 10, 1_000_000, 100_000
SAME = Bound(1.5, is_ceiling=True)
BUMPS_A_ROUND = 200
# What SCAN and UNLINK look for: so many answers, however many keys there are beside them.
ANSWERS = 5
ANSWER_BYTES = 100
BATCH = 10_000
MS = 1000
Timed = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache server of a number of keys, and a client of it."""

    keys: int
    layout: Layout
    client: "Redis"


@benchmark("http", "8")
def tag_bump(bench: Bench) -> Iterator[Row]:
    """Making a tag's answers old, with ten keys in the cache server and with a million."""
    many_keys = MANY_QUICK if bench.settings.quick else MANY
    caches = [_filled(bench, "few", FEW), _filled(bench, "many", many_keys)]
    bench.step("bumping")
    bumps = _medians(bench, [_bump(cache) for cache in caches], BUMPS_A_ROUND)
    bench.step("the same by SCAN and UNLINK")
    scans = _medians(bench, [_scan(cache) for cache in caches], 1)
    few, many = (_median_ms(rounds) for rounds in bumps)
    scanned = [_median_ms(rounds) for rounds in scans]
    among = f"time among {many_keys:,} keys by {FEW}"
    figure, spread = _growth(bumps)
    yield Row(
        "8", f"invalidating a tag: {among}", figure,
        f"medians of {BUMPS_A_ROUND} calls in turn: {few:.3f} and {many:.3f} ms",
        bound=SAME, spread=spread, bars=_bars(many_keys, [few, many], scanned),
    )  # fmt: skip
    figure, spread = _growth(scans)
    how = f"in turn: {scanned[0]:.3f} and {scanned[1]:.1f} ms"
    yield Row("8", f"SCAN + UNLINK of {ANSWERS} answers: {among}", figure, how, spread=spread)


def _bars(many_keys: int, bumped: list[float], scanned: list[float]) -> Bars:
    values = [
        (f"{name}, {keys:,} keys", ms)
        for name, found in (("invalidate_cache", bumped), ("SCAN + UNLINK", scanned))
        for keys, ms in zip((FEW, many_keys), found, strict=True)
    ]
    return Bars("ms", values, line=bumped[0] * SAME.limit, ours=2, is_logarithmic=True)


def _filled(bench: Bench, name: str, keys: int) -> Cache:
    bench.step(f"filling a cache server with {keys:,} keys")
    layout = Layout(bench.folder / name)
    layout.prepare()
    bench.stack.callback(layout.remove_sockets)
    bench.stack.callback(valkey.stop, valkey.start(layout))
    client = bench.stack.enter_context(Redis.from_url(layout.redis_url))
    # All keys must stay, which need more than the embedded server's share.
    client.config_set("maxmemory", "0")
    client.mset({**_answers()})
    value = secrets.token_bytes(ANSWER_BYTES)
    others = keys - ANSWERS
    for first in range(0, others, BATCH):
        last = min(first + BATCH, others)
        client.mset({f"v:other:{number}": value for number in range(first, last)})
    return Cache(keys, layout, client)


def _answers() -> dict[str, bytes]:
    return {f"v:listing:{n}": secrets.token_bytes(ANSWER_BYTES) for n in range(ANSWERS)}


def _bump(cache: Cache) -> Timed:
    """The product's own call, timed; each must have reached the server."""
    app = create_app(_config(cache.layout))

    def bump() -> float:
        with app.app_context():
            before = _writes(cache.client)
            started = time.perf_counter()
            invalidate_cache(["jobs_featured"])
            seconds = time.perf_counter() - started
        if _writes(cache.client) == before:
            raise CannotMeasure("invalidate_cache wrote nothing to the cache server")
        return seconds

    return bump


def _writes(client: "Redis") -> int:
    """How many commands that write tokens the server has run."""
    stats = client.info("commandstats")
    return sum(int(stats.get(f"cmdstat_{name}", {}).get("calls", 0)) for name in ("mset", "set"))


def _config(layout: Layout) -> Config:
    """Of an application that needs no database: a bump does not ask it."""
    return Config.from_environment(
        {
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "REDIS_URL": layout.redis_url,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "TALENTSPHERE_DATA_DIR": str(layout.data_dir),
            "LOG_LEVEL": "WARNING",
        }
    )


def _scan(cache: Cache) -> Timed:
    """What a cache without tags must do: find the keys by their pattern, and delete them."""

    def scan() -> float:
        cache.client.mset({**_answers()})
        started = time.perf_counter()
        found = list(cache.client.scan_iter("v:listing:*", count=1000))
        cache.client.unlink(*found)
        seconds = time.perf_counter() - started
        if len(found) != ANSWERS:
            raise CannotMeasure(f"SCAN found {len(found)} of {ANSWERS} answers")
        return seconds

    return scan


def _medians(bench: Bench, calls: list[Timed], times: int) -> list[list[float]]:
    """Of each call the median seconds of each round; the calls take turns."""
    found: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(bench.settings.rounds):
        seconds: list[list[float]] = [[] for _ in calls]
        for _ in range(times):
            for place, call in enumerate(calls):
                seconds[place].append(call())
        for place, taken in enumerate(seconds):
            found[place].append(middle(taken)[0])
    return found


def _growth(rounds: list[list[float]]) -> tuple[float, tuple[float, float]]:
    few, many = rounds
    return middle([more / less for less, more in zip(few, many, strict=True)])


def _median_ms(rounds: list[float]) -> float:
    return middle(rounds)[0] * MS
