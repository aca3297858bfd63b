"""The hunt for stale answers: what it catches, what it lets pass, what it leaves behind."""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis

from scripts.cache_hunt import faults
from scripts.cache_hunt.__main__ import main
from scripts.cache_hunt.hunt import Plan, wants
from scripts.cache_hunt.servers import CacheServer
from scripts.cache_hunt.subject import Subject
from scripts.cache_hunt.tally import Tally
from scripts.cache_hunt.threads import READERS, WRITERS
from scripts.cache_hunt.wire import Reply
from tests.commands import Said
from tests.served import is_alive, wait_for

pytestmark = pytest.mark.long


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "scripts.cache_hunt", *options]


def hunted(root: Path, *options: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        command("--json", *options), cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def subject(*, acked: int, begun: int) -> Subject:
    made = Subject("toggled", lambda *_: Reply(200, "", b"", 0.0), lambda version: version % 2 == 0)
    made.acked, made.begun = acked, begun
    return made


class Watched:
    """What a cache server has been seen to suffer, and whether it is well."""

    def __init__(self, server: CacheServer) -> None:
        self.server, self.first = server, server.child.pid
        self.client = redis.Redis.from_url(server.layout.redis_url, socket_timeout=0.2)
        self.room = self.client.config_get("maxmemory")
        self.suffered: set[str] = set()

    def look(self) -> set[str]:
        child = self.server.child
        if child.pid != self.first or child.poll() is not None:
            self.suffered.add("killed")
        # The one that runs now, too: a turn that a busy machine left out comes again.
        if child.poll() is None and psutil.Process(child.pid).status() == psutil.STATUS_STOPPED:
            self.suffered.add("stopped")
        with suppress(redis.RedisError):
            if self.client.config_get("maxmemory") != self.room:
                self.suffered.add("evicted from")
        return self.suffered

    def is_well(self) -> bool:
        return bool(self.client.config_get("maxmemory") == self.room)


@pytest.fixture
def watched(server: CacheServer, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(faults, "_between", lambda _low, _high: 0.05)
    monkeypatch.setattr(faults, "TURN_SECONDS", 0.2)
    return Watched(server)


@pytest.mark.parametrize(
    ("fault", "suffers"), [("stop", "stopped"), ("kill", "killed"), ("evict", "evicted from")]
)
def test_a_fault_that_is_closed_in_its_midst_leaves_the_server_well(
    watched: Watched, fault: str, suffers: str
) -> None:
    with closing(faults.FAULTS[fault](watched.server)) as steps:
        faults.drive(steps, lambda: bool(watched.look()))
    assert watched.suffered == {suffers}
    assert watched.is_well()


def test_where_faults_take_turns_each_has_its_own(watched: Watched) -> None:
    with closing(faults.turns(watched.server)) as steps:
        wait_for(lambda: [next(steps)] and len(watched.look()) == 3)
    assert watched.is_well()


@pytest.mark.usefixtures("prepared_servers")
def test_deleting_after_the_commit_is_caught(root: Path) -> None:
    code, found = hunted(root, "--naive", "--seconds", "40")
    assert (code, found["stale_reads"] > 0) == (0, True)
    assert {example["cache"] for example in found["stale_examples"]} == {"hit"}


@pytest.fixture
def many_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times as many of a third of the time, so that there are as many among fewer reads."""
    monkeypatch.setattr(faults, "_between", lambda low, high: random.uniform(low, high) / 3)


@pytest.fixture
def usual_signals() -> Iterator[None]:
    """What a command that is called here makes of them is undone."""
    before = {
        each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("prepared_servers", "usual_signals", "many_hangs")
def test_tokens_pass_while_the_server_hangs_again_and_again(said: Said) -> None:
    code, printed, _ = said(main, "--json", "--fault", "stop", "--reads", "600")
    found = json.loads(printed)
    assert (code, found["stale_reads"], found["server_errors"]) == (0, 0, 0)
    assert 600 <= found["reads"] < 900
    assert found["x_cache"]["hit"] > 0
    assert found["x_cache"]["bypass"] > 0


@pytest.mark.usefixtures("prepared_servers")
def test_an_interrupted_hunt_tells_what_it_has_seen_and_leaves_nothing_running(root: Path) -> None:
    asked = command("--fault", "stop", "--json")
    with subprocess.Popen(asked, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as hunt:
        own = psutil.Process(hunt.pid)
        try:
            # Beside its first thread, those that read and write.
            wait_for(lambda: hunt.poll() is not None or own.num_threads() > READERS + WRITERS, 60)
            started = own.children(recursive=True) if hunt.poll() is None else []
            hunt.send_signal(signal.SIGINT)
            said, errors = hunt.communicate(timeout=60)
        finally:
            hunt.kill()
    assert hunt.returncode == 130, errors
    assert json.loads(said)["stale_reads"] == 0
    # PostgreSQL, Valkey, and two instances.
    assert len(started) >= 4
    assert not any(map(is_alive, started))


def test_fewer_reads_than_were_asked_for_prove_nothing() -> None:
    plan, tally = Plan(60.0, "none", is_naive=False, hosts=2, reads=2), Tally()
    tally.read("hit", 0.01, [])
    assert wants(plan, tally) == ["ended after 1 of 2 reads"]
    tally.read("miss", 0.01, [])
    assert wants(plan, tally) == []
    assert wants(plan, Tally())[0] == "no answer came from the cache, so nothing is proven"


@pytest.mark.parametrize(
    ("seen", "behind"), [(True, None), (False, 1)], ids=["as acknowledged", "as it was before"]
)
def test_a_read_is_stale_when_it_shows_less_than_was_acknowledged(
    seen: bool, behind: int | None
) -> None:
    quiet = subject(acked=2, begun=2)
    assert quiet.judge(seen, quiet.acked, quiet.begun) == behind


def test_a_read_beside_a_write_may_show_either() -> None:
    writing = subject(acked=2, begun=3)
    assert [writing.judge(seen, 2, 3) for seen in (True, False)] == [None, None]


def test_what_never_was_is_told_apart_from_what_is_old() -> None:
    assert subject(acked=2, begun=2).judge("something else", 2, 2) == 0
