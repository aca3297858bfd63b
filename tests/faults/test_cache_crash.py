"""A process that dies between its commit and its bump."""

from typing import Any

import pytest

from src.utils.cache_backend import TokenCache
from tests.faults.conftest import Host, Scene


def test_who_asks_again_after_a_crash_reads_what_was_written(
    host: Host, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = host()
    scene.warm(caller)
    path = f"/api/v1/jobs/{scene.job_id}/transitions"
    again: Any = {
        "json": {"to": "closed"}, "headers": scene.headers | {"Idempotency-Key": "once"},
    }  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(TokenCache, "deliver", _die)
        with pytest.raises(KeyboardInterrupt):
            caller.post(path, **again)
    replayed = caller.post(path, **again)
    assert replayed.headers["Idempotency-Replayed"] == "true"
    assert caller.get(f"/api/v1/jobs/{scene.job_id}").status_code == 410


def _die(*_: object) -> bool:
    raise KeyboardInterrupt
