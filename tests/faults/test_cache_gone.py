"""The cache server hung, gone, full or read-only: answers go on, and none is old."""

import re
import signal
from collections.abc import Callable

import pytest
import redis

from scripts.cache_hunt.servers import CacheServer
from src.utils.cache_tokens import TokenStore
from tests.conftest import PlainClient
from tests.faults.conftest import Host, Scene, drain_later
from tests.served import wait_for

pytestmark = pytest.mark.long

REFUSALS: dict[str, Callable[[redis.Redis], object]] = {
    "full": lambda client: (
        client.config_set("maxmemory-policy", "noeviction") and client.config_set("maxmemory", 1)
    ),
    "read-only": lambda client: client.replicaof("127.0.0.1", "1"),
    "forbidden": lambda client: client.acl_setuser(
        "default", enabled=True, commands=["-mset", "-unlink"]
    ),
}


def waited_ms(caller: PlainClient, scene: Scene) -> float:
    """How long a read waited for the cache."""
    answer = caller.get(f"/api/v1/jobs/{scene.job_id}")
    assert answer.status_code == 200
    [found] = re.findall(r"cache;dur=([\d.]+)", answer.headers["Server-Timing"])
    return float(found)


def test_an_answer_without_the_cache_says_bypass(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host()
    scene.warm(caller)
    server.kill()
    assert scene.read(caller) == ("Before", "bypass")


def test_of_a_hung_server_three_requests_of_a_process_take_notice(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host(background=True)
    scene.warm(caller)
    server.send(signal.SIGSTOP)
    waits = [waited_ms(caller, scene) for _ in range(60)]
    assert waits[0] >= 95
    # Who asks the server waits a tenth of a second for it; nobody does any more.
    assert max(waits[3:]) < 95


def test_after_a_restart_answers_are_hit_again(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host(background=True)
    scene.warm(caller)
    server.kill()
    assert [scene.read(caller)[1] for _ in range(5)] == ["bypass"] * 5
    server.start_again()
    wait_for(lambda: scene.read(caller) == ("Before", "hit"))


def test_what_could_not_be_delivered_is_read_from_the_database_until_it_is(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller, neighbour = host(), host()
    scene.warm(caller, neighbour)
    server.send(signal.SIGSTOP)
    scene.rename(caller, "After")
    server.send(signal.SIGCONT)
    assert scene.read(neighbour) == ("After", "bypass")
    drain_later(neighbour)
    assert [scene.read(neighbour) for _ in range(2)] == [("After", "miss"), ("After", "hit")]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_nothing_is_old_where_the_server_answers_reads_and_refuses_writes(
    host: Host, server: CacheServer, scene: Scene, refusal: str
) -> None:
    caller = host()
    scene.warm(caller)
    REFUSALS[refusal](redis.Redis.from_url(server.layout.redis_url))
    for number in range(3):
        scene.rename(caller, f"After {number}")
        assert [scene.read(caller)[0] for _ in range(3)] == [f"After {number}"] * 3


def test_a_long_outage_with_many_changes_answers_each(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host()
    server.kill()
    for number in range(120):
        scene.rename(caller, f"Change {number}")
    assert scene.read(caller) == ("Change 119", "bypass")


def test_whatever_goes_wrong_after_the_commit_is_not_the_answer(
    host: Host, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = host()
    scene.warm(caller)
    monkeypatch.setattr(TokenStore, "bump", lambda *_: 1 / 0)
    scene.rename(caller, "After")
    assert scene.read(caller) == ("After", "bypass")
