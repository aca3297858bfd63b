"""New code behind an open port: nobody is refused, nothing is cut off, bad code is kept out."""

import contextlib
import http.client
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from src.config import Config
from src.embedded import guards
from src.embedded.guards import answers, free_port
from src.embedded.layout import Layout
from tests.served import (
    ROOT,
    Instance,
    begun,
    is_ready,
    is_whole,
    run_file,
    serving,
    started_before,
    wait_for,
)

pytestmark = pytest.mark.long

PARTS = ("src", "scripts", "migrations", "gunicorn.conf.py")


@pytest.fixture(scope="module")
def copied(
    tmp_path_factory: pytest.TempPathFactory, first_start: Path
) -> Iterator[tuple[Path, Instance]]:
    """A copy of the code, which a test may change, and it served."""
    code = tmp_path_factory.mktemp("code")
    for part in PARTS:
        whole = ROOT / part
        (shutil.copytree if whole.is_dir() else shutil.copy)(whole, code / part)
    data_dir = started_before(tmp_path_factory.mktemp("data") / "var", first_start)
    with serving(data_dir, code) as served:
        yield code, served


def reload(code: Path, data_dir: Path) -> subprocess.CompletedProcess[str]:
    environ = {"TALENTSPHERE_DATA_DIR": str(data_dir), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "scripts.reload"]
    return subprocess.run(
        command, cwd=code, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def health(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/health")
    return connection.getresponse().status


@dataclass(frozen=True)
class Reloaded:
    """A reload while a request was in flight: what it said, and who served when it was over."""

    code: int
    before: dict[str, int]
    after: dict[str, int]
    waited: bool
    answer: bytes


@pytest.fixture(scope="module")
def reloaded(copied: tuple[Path, Instance]) -> Reloaded:
    code, (_, data_dir, port) = copied
    before = run_file(data_dir)["pids"]
    with begun(port) as caller:
        done = reload(code, data_dir)
        waited = psutil.pid_exists(before["gunicorn"])
        after = run_file(data_dir)["pids"]
        caller.sendall(b" " * 49)
        return Reloaded(done.returncode, before, after, waited, caller.recv(12))


def test_a_reload_changes_who_serves_and_who_works(
    copied: tuple[Path, Instance], reloaded: Reloaded
) -> None:
    before, after = reloaded.before, reloaded.after
    assert reloaded.code == 0
    assert {name for name in before if before[name] != after[name]} == {"gunicorn", "worker"}
    wait_for(lambda: not psutil.pid_exists(before["gunicorn"]))
    assert health(copied[1][2]) == 200


def test_what_is_in_flight_is_answered_before_the_old_gunicorn_ends(reloaded: Reloaded) -> None:
    assert (reloaded.code, reloaded.waited) == (0, True)
    assert reloaded.answer == b"HTTP/1.1 400"
    wait_for(lambda: not psutil.pid_exists(reloaded.before["gunicorn"]))


def test_code_that_cannot_be_loaded_changes_nothing(copied: tuple[Path, Instance]) -> None:
    code, (_, data_dir, port) = copied
    main, before = code / "src" / "main.py", run_file(data_dir)["pids"]["gunicorn"]
    sound = main.read_text()
    main.write_text(f"{sound}\nraise RuntimeError('a bad release')\n")
    done = reload(code, data_dir)
    main.write_text(sound)
    assert (done.returncode, run_file(data_dir)["pids"]["gunicorn"]) == (1, before)
    assert "the old code goes on" in done.stderr
    assert health(port) == 200


WAITS = """
import time
Path("reached").touch()
while not Path("go").exists():
    time.sleep(0.05)
"""


def test_each_of_two_reloads_is_told_how_its_own_went(copied: tuple[Path, Instance]) -> None:
    code, (_, data_dir, _) = copied
    settings = code / "gunicorn.conf.py"
    sound = settings.read_text()
    with ThreadPoolExecutor(2) as pool:
        settings.write_text(f"{sound}\n{WAITS}")
        first = pool.submit(reload, code, data_dir)
        wait_for((code / "reached").exists)
        settings.write_text("raise RuntimeError('a bad release')\n")
        second = pool.submit(reload, code, data_dir)
        # Enough for it to be imported and to ask, while the first is under way.
        time.sleep(2)
        (code / "go").touch()
        codes = first.result().returncode, second.result().returncode
    settings.write_text(sound)
    assert codes == (0, 1)


@pytest.mark.parametrize("status", [400, 404, 503])
def test_an_answer_that_is_not_ready_counts_for_none(status: int) -> None:
    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert not answers(server.server_port)
        thread.join()


def test_nobody_is_refused_while_a_killed_gunicorn_comes_back(
    copied: tuple[Path, Instance],
) -> None:
    _, (_, data_dir, port) = copied
    killed = run_file(data_dir)["pids"]["gunicorn"]
    os.kill(killed, signal.SIGKILL)
    statuses = []
    while run_file(data_dir)["pids"]["gunicorn"] == killed or len(statuses) < 20:
        statuses.append(health(port))
    assert set(statuses) == {200}


def test_without_an_instance_there_is_nothing_to_reload(tmp_path: Path, root: Path) -> None:
    done = reload(root, tmp_path)
    assert done.returncode == 2
    assert f"nobody serves from {tmp_path}" in done.stderr


def test_a_reload_does_not_end_what_works_on_a_stopped_instance(tmp_path: Path, root: Path) -> None:
    with guards.OnlyOne(Layout(tmp_path), serves=False):
        assert reload(root, tmp_path).returncode == 2


HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])
"""


@contextlib.contextmanager
def handed(
    held: socket.socket, root: Path, environ: dict[str, str], *command: str
) -> Iterator[Any]:
    """A program that is given a socket as systemd gives one."""
    whole = [sys.executable, "-c", HAND_OVER, str(held.fileno()), *command]
    program = subprocess.Popen(
        whole, cwd=root, env=environ, pass_fds=[held.fileno()], stdout=subprocess.DEVNULL
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()


@dataclass(frozen=True)
class Held:
    """The supervisor on a socket of systemd's, from its start to its end."""

    answers: bool
    health: int
    held: int
    told: int
    code: int


@pytest.fixture(scope="module")
def by_systemd(tmp_path_factory: pytest.TempPathFactory, first_start: Path) -> Held:
    """And it may be called by other names alone."""
    data_dir = started_before(tmp_path_factory.mktemp("data") / "var", first_start)
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        environ = {**os.environ, "TALENTSPHERE_DATA_DIR": str(data_dir), "PORT": str(free_port())}
        environ |= {"WEB_CONCURRENCY": "1", "TALENTSPHERE_DEMO": "0"}
        environ |= {"TRUSTED_HOSTS": "api.example"}
        with handed(held, ROOT, environ, "scripts.serve") as served:
            wait_for(lambda: is_ready(port) and is_whole(data_dir), 60)
            found = answers(port), health(port), port, run_file(data_dir)["port"]
            served.terminate()
            code = served.wait(60)
        # Whoever comes now waits for the next one: the port is still the manager's.
        socket.create_connection(("127.0.0.1", port)).close()
    return Held(*found, code)


def test_the_supervisor_serves_on_a_socket_that_systemd_holds(by_systemd: Held) -> None:
    assert by_systemd.told == by_systemd.held
    assert by_systemd.code == 0


def test_it_serves_though_it_may_be_called_by_other_names_alone(by_systemd: Held) -> None:
    assert by_systemd.answers
    assert by_systemd.health == 200


def test_callers_wait_while_systemd_starts_gunicorn_again(
    config: Config, tmp_path: Path, root: Path
) -> None:
    environ = {
        "PATH": os.environ["PATH"], "TALENTSPHERE_DATA_DIR": str(tmp_path), "WEB_CONCURRENCY": "1",
        "SECRET_KEY": config.secret_key, "DATABASE_URL": config.database_url,
    }  # fmt: skip
    gunicorn = ("gunicorn", "-c", "gunicorn.conf.py", "src.main:app")
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        with handed(held, root, environ, *gunicorn):
            assert health(port) == 200
        with ThreadPoolExecutor(1) as pool:
            early = pool.submit(health, port)
            with handed(held, root, environ, *gunicorn):
                assert early.result() == 200
