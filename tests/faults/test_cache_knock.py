"""What a hung cache server has in its queue comes before what it is asked later."""

import functools
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from scripts.cache_hunt.servers import CacheServer
from src.utils.cache_backend import _forget_all, _greet
from src.utils.cache_mint import Mint
from src.utils.cache_state import SharedState
from src.utils.cache_tokens import Answer, TokenStore, now
from src.utils.cache_turns import Turns
from src.utils.redis_client import CacheDown, CacheLine
from tests.served import wait_for

pytestmark = pytest.mark.long

SECRET = b"secret"
TAGS = ("job:17", "jobs", "all")
KEY = "job_detail:17"
TIMES = 5
URLS = {
    "a plain URL": ("unix://", "db=0"),
    "a password": ("unix://:p%20w@", "db=0"),
    "another database": ("unix://", "db=1"),
}

Stores = Callable[[str], TokenStore]


@pytest.fixture
def url(server: CacheServer, request: pytest.FixtureRequest) -> str:
    """The server's; with what it wants to be told before it takes commands, if a test says so."""
    plain = server.layout.redis_url
    named = getattr(request, "param", "a plain URL")
    if named == "a password":
        redis.Redis.from_url(plain).config_set("requirepass", "p w")
    scheme, database = URLS[named]
    return plain.replace("unix://", scheme).replace("db=0", database)


@pytest.fixture
def store(url: str, tmp_path: Path) -> Stores:
    """Makes what a process on a host has of the cache; the host is known by its name."""

    def make(host: str) -> TokenStore:
        of_us = [functools.partial(each, Mint(SECRET)) for each in (_greet, _forget_all)]
        state, turns = SharedState(tmp_path / host), Turns(tmp_path / f"{host}.turns")
        return TokenStore(CacheLine(url, *of_us), state, turns, SECRET)

    return make


def warm(*stores: TokenStore) -> None:
    """Each has a connection and hits the answer."""
    for each in stores:
        tokens = each.look(KEY, TAGS).tokens
        each.keep(KEY, tokens, Answer(b"old", (), now(), now() + 300))
        assert each.look(KEY, TAGS).found


def lose_the_connection(store: TokenStore) -> None:
    with pytest.raises(CacheDown):
        store.look(KEY, TAGS)


def bump_in_vain(store: TokenStore, tags: tuple[str, ...] = TAGS[:1]) -> None:
    with pytest.raises(CacheDown):
        store.bump(tags)


def hang(server: CacheServer) -> None:
    """Once it waits: between an answer and its next look it would hear that caller first again."""
    time.sleep(0.005)
    server.send(signal.SIGSTOP)


def wake(server: CacheServer) -> None:
    """Once somebody has asked on a connection that the server has."""
    threading.Timer(0.03, server.send, [signal.SIGCONT]).start()


@pytest.mark.parametrize("url", URLS, indirect=True)
def test_who_asks_a_hung_server_after_a_change_gets_no_old_answer_when_it_wakes(
    server: CacheServer, store: Stores
) -> None:
    reader = store("two")
    for _ in range(TIMES):
        writer = store("one")
        warm(writer, reader)
        hang(server)
        lose_the_connection(writer)
        bump_in_vain(writer)
        wake(server)
        assert reader.look(KEY, TAGS).found is None


def test_so_it_is_after_a_change_of_a_thousand_things(server: CacheServer, store: Stores) -> None:
    writer, reader = store("one"), store("two")
    warm(writer, reader)
    hang(server)
    lose_the_connection(writer)
    bump_in_vain(writer, tuple(f"job:{number}" for number in range(1000, 0, -1)))
    wake(server)
    assert reader.look(KEY, TAGS).found is None


def test_so_it_is_after_many_changes_and_none_of_them_costs_more_than_the_first(
    server: CacheServer, store: Stores
) -> None:
    writer, reader = store("one"), store("two")
    warm(writer, reader)
    hang(server)
    for _ in range(3):
        lose_the_connection(writer)
    started = time.monotonic()
    for number in range(40):
        bump_in_vain(writer, tuple(f"job:{number}{of_many}" for of_many in range(100, 120)))
    bump_in_vain(writer)
    assert time.monotonic() - started < 41 * 0.04
    wake(server)
    assert reader.look(KEY, TAGS).found is None


@pytest.mark.parametrize("url", URLS, indirect=True)
def test_what_a_process_says_that_comes_when_the_server_hangs_is_done_when_it_wakes(
    server: CacheServer, store: Stores
) -> None:
    reader = store("two")
    warm(reader)
    hang(server)
    bump_in_vain(store("one"))
    server.send(signal.SIGCONT)
    wait_for(lambda: reader.look(KEY, TAGS).found is None, 5)


@pytest.fixture
def line(store: Stores) -> CacheLine:
    """The line of a process that has reached the server."""
    made = store("one").line
    made.ask("ECHO", "ready")
    return made


def test_an_answer_after_a_hang_is_the_one_to_what_was_asked(
    server: CacheServer, line: CacheLine
) -> None:
    hang(server)
    for number in range(3):
        with pytest.raises(CacheDown):
            line.knock("ECHO", f"unanswered {number}")
    server.send(signal.SIGCONT)
    assert [line.knock("ECHO", text) for text in ("one", "two")] == [b"one", b"two"]


def test_what_no_more_fits_into_the_queue_is_sent_beside_it(
    server: CacheServer, line: CacheLine
) -> None:
    hang(server)
    for number in range(40):
        with pytest.raises(CacheDown):
            line.knock("SET", f"change {number}", "x" * 1000)
    server.send(signal.SIGCONT)
    names = [f"change {number}" for number in range(40)]
    wait_for(lambda: line.ask("EXISTS", *names) == len(names), 5)


def test_a_connection_that_the_server_closed_while_it_was_idle_is_made_anew(
    line: CacheLine,
) -> None:
    before = line.knock("CLIENT", "ID")
    line.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    assert line.knock("CLIENT", "ID") > before


def test_a_process_has_one_connection_for_it_and_a_child_its_own(line: CacheLine) -> None:
    [before, again] = [line.knock("CLIENT", "ID") for _ in range(2)]
    output, into = os.pipe()
    if not (child := os.fork()):
        os.write(into, b"%d" % line.knock("CLIENT", "ID"))
        os._exit(0)
    os.waitpid(child, 0)
    assert before == again == line.knock("CLIENT", "ID") != int(os.read(output, 20))
