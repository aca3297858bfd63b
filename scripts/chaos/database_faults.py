"""What is done to the database; closing a fault's steps ends it."""

import math
import signal
from contextlib import closing

import psutil
import psycopg2

from scripts.chaos.rig import Rig
from scripts.chaos.steps import Steps
from src.embedded.layout import APP

RESTART_SECONDS = 4.0
TAKE_SECONDS = 0.1
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = %s AND pid <> pg_backend_pid()"
_TERMINATE = f"SELECT pg_terminate_backend(pid) FROM ({_BACKENDS}) AS of_app"  # noqa: S608


def killed(rig: Rig) -> Steps:
    """The postmaster is killed; started again, it recovers from its log."""
    rig.servers.database.child.kill()
    try:
        yield math.inf
    finally:
        rig.servers.database.start_again()


def stopped(rig: Rig) -> Steps:
    """Every process of it hangs: sockets stay open and nobody answers."""
    yield from _asleep(rig.servers.database.processes())


def one_stopped(rig: Rig) -> Steps:
    """The connection of the application that was used last hangs."""
    with closing(rig.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"{_BACKENDS} ORDER BY query_start DESC NULLS LAST", [APP])
        pids = [pid for (pid,) in cursor.fetchall()]
    yield from _asleep([psutil.Process(pids[0])])


def restarted(rig: Rig) -> Steps:
    """An immediate shutdown and a start, again and again."""
    database = rig.servers.database
    while True:
        database.child.send_signal(signal.SIGQUIT)
        database.start_again()
        yield RESTART_SECONDS


def cut_off(rig: Rig) -> Steps:
    """All connections of the application are terminated, each second."""
    with closing(rig.connect()) as connection:
        connection.autocommit = True
        while True:
            with connection.cursor() as cursor:
                cursor.execute(_TERMINATE, [APP])
            yield 1.0


def table_locked(rig: Rig) -> Steps:
    """Nobody may even read the jobs."""
    yield from _held(rig, "LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")


def row_locked(rig: Rig) -> Steps:
    """An idle transaction holds the rows of all companies, which stand in what is edited."""
    yield from _held(rig, "SELECT id FROM companies FOR UPDATE")


def crowded(rig: Rig) -> Steps:
    """All connections are taken: the application's are cut, and it gets no other."""
    taken: list[psycopg2.extensions.connection] = []
    try:
        with closing(rig.connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(_TERMINATE, [APP])
            while True:
                _take(rig, taken)
                yield TAKE_SECONDS
    finally:
        for each in taken:
            each.close()


def _take(rig: Rig, taken: list[psycopg2.extensions.connection]) -> None:
    """Whatever connections are left to the application's role."""
    try:
        while True:
            taken.append(rig.connect(APP))
    except psycopg2.OperationalError:
        return


def _held(rig: Rig, lock: str) -> Steps:
    with closing(rig.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(lock)
        yield math.inf


def _asleep(processes: list[psutil.Process]) -> Steps:
    for each in processes:
        each.suspend()
    try:
        yield math.inf
    finally:
        for each in processes:
            if each.is_running():
                each.resume()
