"""What faults are tried on: two instances, their database and cache server, and ways to both."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg2
import redis

from scripts.cache_hunt import servers, world
from scripts.cache_hunt.look import look
from scripts.cache_hunt.reads import Read, reads
from scripts.cache_hunt.servers import Servers
from scripts.cache_hunt.tally import Stale
from scripts.cache_hunt.world import World
from scripts.chaos.relays import Way, relayed
from scripts.chaos.samples import ALWAYS
from src.cache_binding import CACHE_TYPE
from src.embedded.layout import APP, DATABASE, SUPERUSER

CACHE, STORE = "cache", "database"


@dataclass
class Rig:
    """`proxies` lie before the cache and the database, by these names; none when reached plainly.

    `kills` counts the workers that were killed; faults write down in words what they saw themselves
    (`notes`), and what of it must not be (`wrongs`). `whole` is the time in which a fault was
    neither on its way in nor on its way out.
    """

    servers: Servers
    world: World
    reads: Sequence[Read]
    proxies: dict[str, Way] = field(default_factory=dict)
    kills: int = 0
    notes: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    whole: tuple[float, float] = ALWAYS

    def connect(self, role: str = SUPERUSER) -> psycopg2.extensions.connection:
        """A connection around the proxy."""
        return psycopg2.connect(self.servers.database.layout.database_url(role))

    def cache_client(self) -> redis.Redis:
        """A client around the proxy."""
        return redis.Redis.from_url(self.servers.cache.layout.redis_url)

    def workers(self) -> list[psutil.Process]:
        """Who serves, in both instances."""
        masters = [psutil.Process(child.pid) for child in self.servers.instances]
        return [worker for master in masters for worker in master.children()]

    def note(self, words: str, *, holds: bool = True) -> None:
        """Write down what was seen."""
        (self.notes if holds else self.wrongs).append(words)

    def forget(self) -> None:
        """Begin anew, for another fault."""
        self.kills, self.notes, self.wrongs, self.whole = 0, [], [], ALWAYS

    @contextmanager
    def whole_meanwhile(self) -> Iterator[None]:
        """The fault is complete at the beginning, and nothing of it is taken back before the end.

        A process is not dead at once: what it answered while it was killed is no sign of life.
        """
        began = time.monotonic()
        try:
            yield
        finally:
            self.whole = began, time.monotonic()

    def lost(self) -> list[Stale]:
        """What every read shows less than was acknowledged, now that nothing is underway."""
        ports = self.servers.ports
        looks = (look(read, ports, place) for read in self.reads for place in range(len(ports)))
        return [one for _, stale in looks for one in stale]


@contextmanager
def rigged(*, is_proxied: bool, hosts: int) -> Iterator[Rig]:
    """Everything answers; all of it is stopped at the end. Raises EmbeddedError and GaveUp."""
    with ExitStack() as stack:
        prefix = "chaos-"
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
        proxies = _proxies(folder, stack) if is_proxied else {}
        running = stack.enter_context(
            servers.serving(
                folder, CACHE_TYPE, hosts, is_durable=True, reached_at=_reached_at(proxies)
            )
        )
        made = world.build(running)
        yield Rig(running, made, reads(made), proxies)


def _proxies(folder: Path, stack: ExitStack) -> dict[str, Way]:
    layout = servers.layout_in(folder)
    sockets = {CACHE: layout.cache_socket, STORE: layout.sockets / ".s.PGSQL.5432"}
    return stack.enter_context(relayed(sockets))


def _reached_at(proxies: dict[str, Way]) -> dict[str, str]:
    if not proxies:
        return {}
    return {
        "REDIS_URL": f"redis://127.0.0.1:{proxies[CACHE].port}/0",
        "DATABASE_URL": f"postgresql://{APP}@127.0.0.1:{proxies[STORE].port}/{DATABASE}",
    }
