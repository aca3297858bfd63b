"""Two hosts over one cache server: what one cannot deliver must not stay old on the other."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from scripts.cache_hunt.servers import CacheServer
from tests.conftest import PlainClient
from tests.faults.conftest import Host, Scene, drain_later


@contextmanager
def hung(server: CacheServer) -> Iterator[None]:
    """Stopped, and afterwards awake enough to answer."""
    server.send(signal.SIGSTOP)
    try:
        yield
    finally:
        server.send(signal.SIGCONT)
    assert redis.Redis.from_url(server.layout.redis_url).ping()


def open_breaker(server: CacheServer, caller: PlainClient, scene: Scene) -> None:
    """Let this process find the server hung until it asks it no more."""
    with hung(server):
        for _ in range(3):
            assert scene.read(caller)[1] == "bypass"


def test_a_change_reaches_others_though_its_process_has_given_the_server_up(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    writer, reader = host("one"), host("two")
    scene.warm(reader)
    open_breaker(server, writer, scene)
    scene.rename(writer, "After")
    assert scene.read(writer)[0] == "After"
    assert scene.read(reader) == ("After", "miss")


def test_a_change_during_a_hang_is_fresh_everywhere_when_it_ends(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    writer, reader = host("one"), host("two")
    scene.warm(reader, writer)
    with hung(server):
        # The first to wait gives its connection up, so that nothing is in the server's queue.
        assert scene.read(writer)[1] == "bypass"
        scene.rename(writer, "After")
    assert scene.read(reader) == ("After", "miss")


def test_what_no_host_can_deliver_is_doubted_by_every_drainer(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    writer, reader = host("one"), host("two")
    scene.warm(reader)
    client = redis.Redis.from_url(server.layout.redis_url)
    client.replicaof("127.0.0.1", "1")
    scene.rename(writer, "After")
    drain_later(reader)
    assert scene.read(reader) == ("After", "bypass")
    client.replicaof("NO", "ONE")
    drain_later(reader)
    assert [scene.read(reader) for _ in range(2)] == [("After", "miss"), ("After", "hit")]


def test_a_server_that_was_a_replica_meanwhile_is_not_believed(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host()
    scene.warm(caller)
    client = redis.Redis.from_url(server.layout.redis_url)
    client.client_kill_filter(_type="normal", skipme=True)
    assert scene.read(caller)[1] == "hit"
    client.replicaof("127.0.0.1", "1")
    client.replicaof("NO", "ONE")
    client.client_kill_filter(_type="normal", skipme=True)
    assert scene.read(caller)[1] == "miss"
