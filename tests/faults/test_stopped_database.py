"""A database that is stopped, not gone: sockets stay open, and no answer ever comes."""

import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import psycopg2
import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from scripts.chaos.proxy import FaultProxy
from src.embedded.layout import SUPERUSER, Layout
from src.utils import db_guard
from src.utils.background import LOOK_SECONDS, Background
from tests.served import Instance, run_file, wait_for

pytestmark = pytest.mark.long

JOBS = "/api/v1/jobs"


def ask(port: int, path: str, seconds: float = 10.0) -> tuple[int, float, dict[str, str]]:
    """Status, seconds and headers of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    started = time.monotonic()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    took = time.monotonic() - started
    connection.close()
    return answer.status, took, dict(answer.headers)


@contextmanager
def stopped(processes: list[psutil.Process]) -> Iterator[None]:
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            # A backend that was given up may have ended.
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


def server(instance: Instance) -> list[psutil.Process]:
    """The server and all its processes."""
    postmaster = psutil.Process(run_file(instance[1])["pids"]["postgres"])
    return [postmaster, *postmaster.children()]


def backends(instance: Instance) -> list[psutil.Process]:
    """Those that serve the application."""
    url = run_file(instance[1])["migration_database_url"].replace("+psycopg2", "")
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'talentsphere_app'"
            " AND application_name = 'talentsphere'"
        )
        pids = [pid for (pid,) in cursor]
    connection.close()
    return [psutil.Process(pid) for pid in pids]


def test_a_stopped_server_is_told_within_three_seconds_and_then_at_once(
    shared_instance: Instance,
) -> None:
    port = shared_instance[2]
    assert ask(port, f"{JOBS}?q=one")[0] == 200
    with stopped(server(shared_instance)):
        status, took, headers = ask(port, f"{JOBS}?q=two")
        assert (status, headers["Retry-After"]) == (503, "1")
        assert took < 3
        assert max(ask(port, f"{JOBS}?q={n}")[1] for n in range(3)) < took / 3
    wait_for(lambda: ask(port, f"{JOBS}?q=two")[0] == 200)


def test_what_was_public_a_moment_ago_is_given_while_the_server_is_stopped(
    shared_instance: Instance,
) -> None:
    port = shared_instance[2]
    assert ask(port, JOBS)[0] == 200
    # Old for a reason that cannot be looked up now.
    connection = psycopg2.connect(
        run_file(shared_instance[1])["migration_database_url"].replace("+psycopg2", "")
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT cache_touch('{jobs}')")
    connection.close()
    time.sleep(1.6)
    with stopped(server(shared_instance)):
        status, took, headers = ask(port, JOBS)
        assert (status, headers["X-Cache"]) == (200, "stale-if-error")
        assert took < 3
    wait_for(lambda: ask(port, JOBS)[2]["X-Cache"] in ("miss", "hit"))


def test_a_stopped_connection_is_given_up_and_replaced(shared_instance: Instance) -> None:
    port = shared_instance[2]
    # Whatever opens a connection of its own has done so after two rounds of background work.
    time.sleep(1)
    assert ask(port, f"{JOBS}?q=before")[0] == 200
    held = backends(shared_instance)
    assert held
    with stopped(held):
        status, took, _ = ask(port, f"{JOBS}?q=held")
        assert status == 503
        assert took < 4.5
        assert ask(port, f"{JOBS}?q=after")[0] == 200


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGQUIT])
def test_a_killed_server_is_503_until_it_is_back(
    shared_instance: Instance, ending: signal.Signals
) -> None:
    _, data_dir, port = shared_instance
    assert ask(port, f"{JOBS}?q=one")[0] == 200
    killed = run_file(data_dir)["pids"]["postgres"]
    os.kill(killed, ending)
    answers = []
    deadline = time.monotonic() + 15
    # A session that has not noticed yet may answer once more: only another server is the end of it.
    while time.monotonic() < deadline:
        is_another = run_file(data_dir)["pids"]["postgres"] != killed
        answers.append(ask(port, f"{JOBS}?q=at-{time.monotonic()}"))
        if is_another and answers[-1][0] == 200:
            break
    assert is_another
    assert answers[-1][0] == 200
    assert {status for status, _, _ in answers} <= {200, 503}
    assert max(took for _, took, _ in answers) < 3


def test_a_hung_statement_is_given_up_in_time_though_names_are_looked_up_for_ever(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, **__: object) -> list[object]:
        time.sleep(6)
        return []

    proxy, watchdog = FaultProxy(layout.sockets / ".s.PGSQL.5432"), Background("watchdog")
    proxy.start()
    url = f"postgresql+psycopg2://{SUPERUSER}@localhost:{proxy.port}/postgres"
    engine = create_engine(url, hide_parameters=True)
    guard = db_guard.DatabaseGuard(engine.url, 3.0)
    guard.watch(engine)
    watchdog.every(LOOK_SECONDS, guard.look)
    # The driver looks its names up by itself.
    monkeypatch.setattr(socket, "getaddrinfo", late)
    with engine.connect() as connection:
        watchdog.start()
        proxy.set("blackhole")
        started = time.monotonic()
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
        assert time.monotonic() - started < 3
    proxy.set("clear")
    wait_for(lambda: not guard.is_down, 3)
    watchdog.stop()
    engine.dispose()
    proxy.close()


def test_a_connection_that_hangs_before_anybody_has_it_is_given_up_in_time(layout: Layout) -> None:
    proxy, watchdog = FaultProxy(layout.sockets / ".s.PGSQL.5432"), Background("watchdog")
    proxy.start()
    url = f"postgresql+psycopg2://{SUPERUSER}@127.0.0.1:{proxy.port}/postgres"
    engine = create_engine(url, hide_parameters=True)
    guard = db_guard.DatabaseGuard(engine.url, 3.0)
    guard.watch(engine)

    # In this order: once the guard has connected, the way is bad.
    @event.listens_for(engine, "connect", insert=True)
    def connected(*_: object) -> None:
        proxy.set("blackhole")

    watchdog.every(LOOK_SECONDS, guard.look)
    watchdog.start()
    # Else nobody would end a test that fails.
    end = threading.Timer(6, proxy.set, ["reset"])
    end.start()
    started = time.monotonic()
    with pytest.raises(OperationalError):
        engine.connect()
    assert time.monotonic() - started < 3
    end.cancel()
    watchdog.stop()
    engine.dispose()
    proxy.close()
