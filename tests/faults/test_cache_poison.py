"""Entries that somebody else has written are misses."""

import os

import pytest
import redis

from scripts.cache_hunt.servers import CacheServer
from tests.faults.conftest import Host, Scene

DAMAGES = {
    "empty": lambda blob: b"",
    "garbage": lambda blob: os.urandom(len(blob)),
    "tokens alone": lambda blob: blob[:80],
    "cut short": lambda blob: blob[:-1],
    "another title": lambda blob: blob.replace(b"Before", b"Beyond"),
    "a longer life": lambda blob: blob.replace(b'"apart":[', b'"apart":[0,'),
    "a byte more": lambda blob: blob + b" ",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_a_miss(
    host: Host, server: CacheServer, scene: Scene, damage: str
) -> None:
    caller = host()
    scene.warm(caller)
    client = redis.Redis.from_url(server.layout.redis_url)
    [key] = client.keys("v:*")
    blob = client.get(key)
    damaged = DAMAGES[damage](blob)
    assert damaged != blob
    client.set(key, damaged)
    # Another process: this one has the answer ready.
    other = host()
    assert [scene.read(other) for _ in range(2)] == [("Before", "miss"), ("Before", "hit")]


def test_an_entry_moved_to_another_key_is_a_miss(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host()
    paths = [f"/api/v1/jobs?page_size={size}" for size in (1, 2)]
    bodies = [caller.get(path).data for path in paths]
    client = redis.Redis.from_url(server.layout.redis_url)
    one, other = client.keys("v:*")
    entries = client.mget(one, other)
    client.mset({one: entries[1], other: entries[0]})
    found = [caller.get(path) for path in paths]
    assert [answer.headers["X-Cache"] for answer in found] == ["miss", "miss"]
    assert [answer.get_json()["page_size"] for answer in found] == [1, 2]
    assert len(set(bodies)) == 2


def test_a_key_of_another_type_is_passed_over(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host()
    scene.warm(caller)
    client = redis.Redis.from_url(server.layout.redis_url)
    for key in client.keys("t:*"):
        client.delete(key)
        client.rpush(key, "not a token")
    assert scene.read(caller) == ("Before", "bypass")
    scene.rename(caller, "After")
    assert scene.read(caller)[0] == "After"


def test_garbage_that_comes_back_revives_nothing(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    client = redis.Redis.from_url(server.layout.redis_url)
    key, garbage = f"t:job:{scene.job_id}", b"\x00\xff the same again"
    client.set(key, garbage)
    scene.warm(host("one"))
    scene.rename(host("one"), "After")
    client.set(key, garbage)
    assert scene.read(host("two")) == ("After", "miss")


def test_a_token_of_another_tag_is_none(host: Host, server: CacheServer, scene: Scene) -> None:
    caller = host("one")
    scene.warm(caller)
    client = redis.Redis.from_url(server.layout.redis_url)
    moved, key = client.get("t:companies"), f"t:job:{scene.job_id}"
    client.set(key, moved)
    assert [scene.read(host("two")) for _ in range(2)] == [("Before", "miss"), ("Before", "hit")]
    assert client.get(key) != moved
