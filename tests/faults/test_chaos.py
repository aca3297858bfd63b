"""Faults under load: bad ways to a server, and lines that can be missed."""

import asyncio
import errno
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from scripts.chaos import cache_faults, run
from scripts.chaos.__main__ import exit_code, main
from scripts.chaos.proxy import CLEAR, CUT_BYTES, LATENCY_SECONDS, MODES, FaultProxy
from scripts.chaos.run import Outcome, Trial, held_rate
from scripts.chaos.samples import NO_ANSWER_KIND, REFUSED_KIND, Sample
from scripts.chaos.scenarios import EVERY
from scripts.chaos.verdict import PassLine, Seen, missed
from tests.commands import Said

SAID = bytes(range(100))


# What a machine shows at 200 requests/s, by why it does not hold them.
STRAINED = {
    "a failure": {"failure": "500"},
    "slow answers": {"seconds": 0.2},
    "too little left over": {"busy": 0.7},
}


@pytest.mark.parametrize("strain", STRAINED.values(), ids=STRAINED)
def test_a_rate_is_held_with_fast_answers_no_failure_and_a_third_left_over(
    strain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried(_rig: Any, rate: float) -> Trial:
        shown: dict[str, Any] = {"busy": 0.6} | (strain if rate > 100 else {})
        busy = shown.pop("busy")
        return Trial([sample(at / 10, **shown) for at in range(40)], busy)

    monkeypatch.setattr(run, "_tried", tried)
    monkeypatch.setattr(cache_faults, "killed", lambda _rig: (None for _ in range(1)))
    rig: Any = None
    assert held_rate(rig, 90) == 90
    assert held_rate(rig, 200) == pytest.approx(200 * 0.7 * 0.7)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[FaultProxy]:
    """Before a server that gives back what it is sent."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "echo"))
        listener.listen()
        threading.Thread(target=echo, args=(listener,), daemon=True).start()
        made = FaultProxy(tmp_path / "echo")
        made.start()
        yield made
        made.close()
        # Wakes the thread that waits for a caller.
        listener.shutdown(socket.SHUT_RDWR)


def echo(listener: socket.socket) -> None:
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:
            return
        with caller:
            while said := caller.recv(65536):
                caller.sendall(said)


@pytest.fixture
def through(proxy: FaultProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as connection:
        connection.sendall(b"!")
        assert connection.recv(1) == b"!"
        yield connection


def test_a_way_that_is_clear_again_carries_what_is_sent(
    proxy: FaultProxy, through: socket.socket
) -> None:
    proxy.set("blackhole")
    through.sendall(b"lost")
    through.settimeout(1)
    with pytest.raises(TimeoutError):
        through.recv(1)
    through.settimeout(30)
    proxy.set(CLEAR)
    through.sendall(SAID)
    assert through.recv(200) == SAID


def test_a_reset_ends_open_connections_and_new_ones(
    proxy: FaultProxy, through: socket.socket
) -> None:
    proxy.set("reset")
    with pytest.raises(ConnectionResetError):
        through.recv(1)
    # While it connects already, or at the first byte.
    with (
        pytest.raises(ConnectionResetError),
        socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as another,
    ):
        another.recv(1)


def test_a_cut_lets_the_beginning_of_an_answer_through(
    proxy: FaultProxy, through: socket.socket
) -> None:
    proxy.set("cut")
    through.sendall(SAID)
    with through.makefile("rb") as answer:
        assert answer.read() == SAID[:CUT_BYTES]


@pytest.mark.parametrize(
    ("mode", "size", "least_seconds"), [("latency", 100, LATENCY_SECONDS), ("slow", 4000, 0.2)]
)
def test_a_slow_way_takes_its_time(
    proxy: FaultProxy, through: socket.socket, mode: str, size: int, least_seconds: float
) -> None:
    proxy.set(mode)
    began = time.monotonic()
    through.sendall(b"x" * size)
    received = 0
    while received < size:
        received += len(through.recv(65536))
    assert least_seconds <= time.monotonic() - began < 10


def test_a_way_that_loses_is_late_now_and_then(proxy: FaultProxy, through: socket.socket) -> None:
    proxy.set("loss")
    late = 0
    for _ in range(30):
        began = time.monotonic()
        through.sendall(b"x")
        through.recv(1)
        late += time.monotonic() - began > 0.15
    assert 0 < late < 30


@pytest.mark.usefixtures("through")
def test_who_is_ended_twice_is_let_go_by_the_server_too(proxy: FaultProxy) -> None:
    async def end_twice() -> None:
        for _ in range(2):
            for task in proxy._tasks:
                task.cancel()
            await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(end_twice(), proxy._loop).result(10)
    # The server listens to one at a time; what is left open, and found later, is an error too.
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as another:
        another.sendall(b"!")
        assert another.recv(1) == b"!"


def test_every_mode_is_tried_on_the_way_to_both_servers() -> None:
    proxied = {name for name, each in EVERY.items() if each.is_proxied}
    modes = [mode for mode in MODES if mode != CLEAR]
    assert proxied == {f"{to}-{mode}" for to in ("cache", "database") for mode in modes}


def sample(due: float, seconds: float = 0.01, failure: str = "", cache: str = "hit") -> Sample:
    return Sample(due, seconds, is_public_read=True, failure=failure, cache=cache)


def seen(**changed: Any) -> Seen:
    """A fault from 10 to 20, after which all is as it was."""
    return Seen(
        **{
            "baseline": [sample(at / 10) for at in range(100)],
            "during": [sample(10 + at / 10) for at in range(100)],
            "after": [sample(20 + at / 10) for at in range(100)],
            "ended_at": 20.0, "stale": 0,
        } | changed
    )  # fmt: skip


def test_a_line_is_kept_by_what_was_not_harmed() -> None:
    line = PassLine(most_times_slower=2.0, hits_times_slower=2.0, public_share=0.99, hit_share=0.8)
    assert missed(line, seen()) == []
    assert seen().recovery_seconds() == 0


def after(change: Callable[[int], Sample]) -> list[Sample]:
    return [change(at) for at in range(100)]


REFUSED = PassLine((REFUSED_KIND,))
MISSED = {
    "a failure": (PassLine(), {"during": [sample(11, failure=REFUSED_KIND)]}),
    "a failure of another kind": (REFUSED, {"during": [sample(11, failure="500")]}),
    "a slow refusal": (REFUSED, {"during": [sample(11, 3.5, REFUSED_KIND)]}),
    "more without answer than were killed": (
        PassLine((NO_ANSWER_KIND,), most_failures_a_kill=1),
        {"during": [sample(11, failure=NO_ANSWER_KIND)] * 3, "kills": 2},
    ),
    "slower answers": (PassLine(most_times_slower=2.0), {"during": [sample(11, 0.2)] * 9}),
    "slower hits": (
        PassLine(hits_times_slower=2.0), {"during": [sample(11, 0.05, cache="hit")] * 9}
    ),
    "no hit at all": (
        PassLine(hits_times_slower=2.0), {"during": [sample(11, cache="miss")]}
    ),
    "a stale read": (REFUSED, {"stale": 1}),
    "a lost write": (REFUSED, {"lost": 1}),
    "public reads refused": (
        PassLine((REFUSED_KIND,), public_share=0.99),
        {"during": [sample(11, failure=REFUSED_KIND), *[sample(12)] * 20]},
    ),
    "hits that stay away": (
        PassLine(hit_share=0.8), {"after": after(lambda at: sample(20 + at / 10, cache="miss"))},
    ),
    "late failures": (
        REFUSED,
        {"after": after(lambda at: sample(20 + at / 10, 0.01, REFUSED_KIND if at == 35 else ""))},
    ),
    "late slowness": (
        REFUSED, {"after": after(lambda at: sample(20 + at / 10, 0.5 if at < 35 else 0.01))},
    ),
    "a failing baseline": (REFUSED, {"baseline": [sample(1, failure=REFUSED_KIND)]}),
    "nothing asked": (REFUSED, {"during": []}),
}  # fmt: skip


@pytest.mark.parametrize(("line", "changed"), MISSED.values(), ids=MISSED)
def test_a_line_is_missed_by(line: PassLine, changed: dict[str, Any]) -> None:
    assert len(missed(line, seen(**changed))) == 1


def test_a_missed_line_is_the_exit_code() -> None:
    scenario = EVERY["cache-stop"]
    found = [seen(), seen(during=[sample(11, failure=REFUSED_KIND)])]
    outcomes = [Outcome(scenario, 200, one, missed(scenario.line, one)) for one in found]
    assert [exit_code(outcomes[:1]), exit_code(outcomes)] == [0, 1]


def test_recovery_is_the_time_to_the_first_second_as_before() -> None:
    late = after(lambda at: sample(20 + at / 10, 0.01, REFUSED_KIND if at < 12 else ""))
    assert seen(after=late).recovery_seconds() == 1.5
    never = after(lambda at: sample(20 + at / 10, 0.01, REFUSED_KIND if at == 99 else ""))
    assert seen(after=never).recovery_seconds() is None


def test_what_was_seen_is_told_though_the_rest_is_broken_off(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter([(200.0, seen())])

    def tried(*_: Any) -> tuple[float, Seen]:
        for one in left:
            return one
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run, "rigged", lambda **_: nullcontext())
    monkeypatch.setattr(run, "held_rate", lambda *_: 200.0)
    monkeypatch.setattr(run, "_try", tried)
    code, found, errors = said(main, "cache-stop", "cache-kill", "cache-full", "--json")
    assert (code, "No space left" in errors) == (2, True)
    assert [one["scenario"] for one in json.loads(found)["scenarios"]] == ["cache-stop"]
    assert json.loads(found)["not_finished"] == ["cache-kill", "cache-full"]
    left = iter([(200.0, seen())])
    code, table, _ = said(main, "cache-stop", "cache-kill", "cache-full")
    assert (code, "Broken off, not finished: cache-kill, cache-full" in table) == (2, True)


def test_a_scenario_that_is_not_there_is_named(said: Said) -> None:
    code, _, errors = said(main, "cache-stop", "earthquake")
    assert (code, "'earthquake'" in errors) == (2, True)
    # Each of all is, in too little time.
    code, _, errors = said(main, "all", "--minutes", "1")
    assert (code, "scenarios need" in errors) == (2, True)
    code, listed, _ = said(main, "list")
    assert (code, [name for name in EVERY if name not in listed]) == (0, [])
