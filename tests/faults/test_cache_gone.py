"""The cache server gone: answers go on, and say that it was passed over."""

import pytest

from scripts.cache_hunt.servers import CacheServer
from src.utils.cache_tokens import TokenStore
from tests.faults.conftest import Host, Scene


def test_an_answer_without_the_cache_says_bypass(
    host: Host, server: CacheServer, scene: Scene
) -> None:
    caller = host()
    scene.warm(caller)
    server.kill()
    assert scene.read(caller) == ("Before", "bypass")


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
