"""What the processes of a server that shares memory among them come to."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from src.ops.monitor import host

MB = 1_000_000


class Made:
    """A process: its resident and its shared memory, its seconds, and its children."""

    def __init__(self, rss: int, shared: int | None, seconds: float, *children: Any) -> None:
        self.memory = SimpleNamespace(rss=rss)
        if shared is not None:
            self.memory.shared = shared
        self.seconds, self.made = seconds, list(children)

    def oneshot(self) -> Any:
        return nullcontext()

    def status(self) -> str:
        return "sleeping"

    def create_time(self) -> float:
        return 0.0

    def memory_info(self) -> Any:
        return self.memory

    def cpu_times(self) -> Any:
        return SimpleNamespace(user=self.seconds, system=1, children_user=10, children_system=100)

    def children(self) -> list[Any]:
        return self.made


class Gone(Made):
    """A session that ended between two looks."""

    def memory_info(self) -> Any:
        raise psutil.NoSuchProcess(1)

    cpu_times = memory_info


def row(monkeypatch: pytest.MonkeyPatch, process: Made, part: str) -> tuple[int, float]:
    """Memory and seconds of it, as one part of the service."""
    monkeypatch.setattr(psutil, "Process", lambda _: process)
    (found,) = host.figures(Path("/"), [], {part: 7}, None)["processes"]
    return found["rss_bytes"], found["cpu_seconds"]


def test_a_session_counts_for_postgres_with_what_memory_it_does_not_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sessions = Made(40 * MB, 30 * MB, 2), Made(25 * MB, 20 * MB, 4)
    family = Made(22 * MB, 15 * MB, 8, *sessions)
    # 10, 5 and 7 of their own, and the 30 that some of them share.
    assert row(monkeypatch, family, "postgres") == (52 * MB, 8 + 1 + 110 + 2 + 1 + 4 + 1)


def test_a_session_that_ends_meanwhile_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    family = Made(22 * MB, 15 * MB, 8, Gone(40 * MB, 30 * MB, 2))
    assert row(monkeypatch, family, "postgres") == (22 * MB, 119)


def test_where_nobody_tells_what_is_shared_all_memory_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    family = Made(22 * MB, None, 8, Made(40 * MB, None, 2))
    assert row(monkeypatch, family, "postgres")[0] == 62 * MB


def test_only_postgres_counts_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    family = Made(22 * MB, 15 * MB, 8, Made(40 * MB, 30 * MB, 2))
    assert row(monkeypatch, family, "cache") == (22 * MB, 9)
