"""The cache server gone: answers go on, and say that it was passed over."""

from scripts.cache_hunt.servers import CacheServer
from tests.faults.conftest import Host, Scene


def test_an_answer_without_the_cache_says_bypass(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host()
    scene.warm(caller)
    server.kill()
    assert scene.read(caller) == ("Before", "bypass")
