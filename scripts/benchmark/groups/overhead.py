"""Target 13: what watching costs, the monitor and the scraped figures together."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

from scripts.benchmark import mix, servers
from scripts.benchmark.bench import Bench
from scripts.benchmark.environment import ROOT
from scripts.benchmark.product import Product
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bars, Bound, CannotMeasure, Row, middle

LEAST = Bound(0.97)
# As often as a Prometheus scrapes, and as the monitor looks unless it is told otherwise.
SCRAPED_EVERY_SECONDS = 15.0
SECONDS, SECONDS_QUICK = 15.0, 3.0
ROUNDS, ROUNDS_QUICK = 3, 1
CONNECTIONS = 50
WARM_SECONDS = 8.0
# The monitor's own start is none of its looks.
STARTED_SECONDS = 5.0


@benchmark("mix", "13")
def overhead(bench: Bench) -> Iterator[Row]:
    """Throughput while the monitor watches and the figures are scraped, by that without."""
    own = mix.start(bench)
    paths = mix.drawn(own)
    is_quick = bench.settings.quick
    seconds, rounds = (SECONDS_QUICK, ROUNDS_QUICK) if is_quick else (SECONDS, ROUNDS)
    mix.put(bench, own, paths, CONNECTIONS, WARM_SECONDS)
    alone: list[float] = []
    watched: list[float] = []
    for number in range(rounds):
        bench.step(f"round {number + 1} of {rounds}")
        # In turn the one and the other first: what drifts wrongs neither.
        for is_watched in (False, True) if number % 2 else (True, False):
            with _watching(own) if is_watched else contextlib.nullcontext():
                seen = mix.put(bench, own, paths, CONNECTIONS, seconds)
            (watched if is_watched else alone).append(seen.per_second)
    figure, spread = middle([w / a for w, a in zip(watched, alone, strict=True)])
    without, with_it = middle(alone)[0], middle(watched)[0]
    how = f"answers/s of the public mix in turn, {rounds} times {seconds:.0f} s each"
    bars = Bars("answers/s", [("watched", with_it), ("unwatched", without)])
    what = "throughput with monitor_performance.py --watch and /metrics scraped, by without"
    yield Row("13", what, figure, how, bound=LEAST, spread=spread, bars=bars)


@contextlib.contextmanager
def _watching(own: Product) -> Iterator[None]:
    """The monitor at work and /metrics scraped, once both have begun."""
    over, scraped = threading.Event(), set[int]()
    scraper = threading.Thread(target=_scrape, args=(own, over, scraped))
    command = [sys.executable, "monitor_performance.py", "--watch"]
    monitor = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | own.settings, stdout=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    over.wait(STARTED_SECONDS)
    scraper.start()
    try:
        yield
        if monitor.poll() is not None:
            raise CannotMeasure("the monitor ended before the load did: see its words above")
    finally:
        over.set()
        scraper.join()
        monitor.send_signal(signal.SIGINT)
        monitor.wait()
    if scraped != {200}:
        raise CannotMeasure(f"/metrics was answered by {sorted(scraped)}")


def _scrape(own: Product, over: threading.Event, scraped: set[int]) -> None:
    while True:
        scraped.add(servers.ask(own.server.port, "/metrics").status)
        if over.wait(SCRAPED_EVERY_SECONDS):
            return
