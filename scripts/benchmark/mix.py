"""What the anonymous public asks for: pages, searches, jobs by Zipf, as load or at a pace."""

import contextlib
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import psutil
import psycopg2

from scripts.benchmark import load, made_up_queries, product, servers
from scripts.benchmark.bench import Bench
from scripts.benchmark.client import Load, Request
from scripts.benchmark.product import Product
from scripts.benchmark.result import CannotMeasure
from scripts.benchmark.seen import Seen

# What of a hundred requests are pages, searches, jobs, and the rest of what a front page shows.
SHARES = {"pages": 20, "searches": 30, "jobs": 40, "others": 10}
OTHERS = ("jobs/featured", "jobs/stats", "job-categories", "jobs/facets", "companies")
FILTERS = ("", "?remote=true", "?employment_type=full_time", "?sort=salary", "?country=US")
DRAWN = 5_000
# Zipf: the n-th most asked is asked an n-th as often as the first.
EXPONENT = 1.0
SEARCHES = 200
ASKERS = 4
_CHANGE = """
UPDATE jobs SET description = description || '.' WHERE id = (
  SELECT id FROM jobs WHERE status = 'published' ORDER BY random() LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests that had an answer, and those of them that the cache answered."""

    answers: int
    hits: int

    @property
    def hit_rate(self) -> float:
        return self.hits / self.answers


def start(bench: Bench) -> Product:
    """A served instance whose workers have all started."""
    own = product.start(bench, "TalentSphere")
    servers.settle(own.server)
    return own


def drawn(own: Product) -> list[str]:
    """Paths of the mix in the order they are asked, the same in each run."""
    dice = random.Random(9)  # noqa: S311 - repeatable, no secret
    pages = [f"jobs{filters}" for filters in FILTERS] + [f"jobs?page={n}" for n in range(2, 6)]
    words = (words for words in made_up_queries.made_up(SEARCHES) if words.isascii())
    ranked = {
        "pages": pages,
        "searches": [f"jobs?q={each.replace(' ', '+')}" for each in words],
        "jobs": [f"jobs/{job_id}" for job_id in _jobs(own)],
        "others": list(OTHERS),
    }
    weights = {name: [n**-EXPONENT for n in range(1, len(of) + 1)] for name, of in ranked.items()}
    kinds = dice.choices(list(SHARES), list(SHARES.values()), k=DRAWN)
    return [dice.choices(ranked[kind], weights[kind])[0] for kind in kinds]


def _jobs(own: Product) -> list[int]:
    with contextlib.closing(psycopg2.connect(own.settings["MIGRATION_DATABASE_URL"])) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT job_id FROM job_search WHERE expires_at > now() ORDER BY job_id")
        return [job_id for (job_id,) in cursor]


def put(bench: Bench, own: Product, paths: Sequence[str], users: int, seconds: float) -> Seen:
    """Load with as many users, each of whom asks again at once."""
    requests = [Request(load.get(f"/api/v1/{path}", own.server.port)) for path in paths]
    settings = replace(bench.settings, connections=users)
    return load.put(settings, Load(own.server.port, requests, users, seconds))


def ask(own: Product, paths: Sequence[str], rate: int, seconds: float) -> Asked:
    """Ask so many a second, whatever the answers take.

    Raises CannotMeasure when one is not 200.
    """
    count, started = int(rate * seconds), time.monotonic()

    def one(number: int) -> bool:
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        path = paths[number % len(paths)]
        answer = servers.ask(own.server.port, f"/api/v1/{path}")
        if answer.status != 200:
            raise CannotMeasure(f"{path}: {answer.status}")
        return answer.header("x-cache") == "hit"

    with ThreadPoolExecutor(ASKERS) as pool:
        return Asked(count, sum(pool.map(one, range(count))))


def workers(own: Product) -> list[psutil.Process]:
    """The web workers of the instance."""
    found: list[psutil.Process] = psutil.Process(own.run["pids"]["gunicorn"]).children()
    return found


@contextlib.contextmanager
def changing(own: Product, rate: float) -> Iterator[None]:
    """Published jobs change so often a second meanwhile, by SQL from outside of the product."""
    over = threading.Event()
    changer = threading.Thread(target=_change, args=(own, rate, over))
    changer.start()
    try:
        yield
    finally:
        over.set()
        changer.join()


def _change(own: Product, rate: float, over: threading.Event) -> None:
    with contextlib.closing(psycopg2.connect(own.settings["MIGRATION_DATABASE_URL"])) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        # The first falls into the middle of its span: as many as the rate says, no more.
        pause = 0.5 / rate
        while not over.wait(pause):
            cursor.execute(_CHANGE)
            pause = 1 / rate
