"""A way to the cache server that carries little: small answers pass, larger ones trickle."""

from collections.abc import Iterator

import pytest

from scripts.cache_hunt.servers import CacheServer
from scripts.chaos.proxy import CLEAR, FaultProxy
from src.utils.cache import cache
from src.utils.redis_client import CacheDown, CacheLine
from tests.conftest import PlainClient
from tests.faults.conftest import Host, Scene
from tests.served import wait_for

LARGE = "x" * 60_000


@pytest.fixture
def way(server: CacheServer) -> Iterator[FaultProxy]:
    made = FaultProxy(server.layout.cache_socket)
    made.start()
    yield made
    made.close()


@pytest.fixture
def caller(host: Host, way: FaultProxy) -> PlainClient:
    """A process that reaches the cache by that way, and watches over it."""
    return host(background=True, redis_url=f"redis://127.0.0.1:{way.port}/0")


@pytest.fixture
def line(caller: PlainClient, way: FaultProxy, scene: Scene) -> CacheLine:
    """Its line to the cache, where something large lies; the way has become slow since."""
    with caller.application.app_context():
        backend = cache.backend
    assert backend is not None
    scene.warm(caller)
    backend.store.line.ask("SET", "large", LARGE)
    way.set("slow")
    return backend.store.line


def test_an_answer_that_trickles_in_is_not_waited_for(line: CacheLine, way: FaultProxy) -> None:
    # Three seconds, in slices that each come in time.
    with pytest.raises(CacheDown, match="TimeoutError"):
        line.ask("GET", "large")
    way.set(CLEAR)
    assert line.ask("GET", "large") == LARGE.encode()


def test_a_server_that_gives_small_answers_alone_is_passed_over_until_it_gives_large_ones(
    caller: PlainClient, line: CacheLine, way: FaultProxy, scene: Scene
) -> None:
    for _ in range(3):
        with pytest.raises(CacheDown):
            line.ask("GET", "large")
    assert line.breaker.is_open
    line.breaker.probe_at = 0.0
    assert not line.probe()
    assert scene.read(caller) == ("Before", "bypass")
    way.set(CLEAR)
    wait_for(lambda: scene.read(caller)[1] == "hit", 10)
