"""The one command: what it starts, what it restarts, and that it leaves nothing behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from src.embedded.guards import free_port
from src.embedded.layout import Layout
from src.utils import figures
from src.utils.shared_counters import CounterFiles
from tests.served import (
    ROOT,
    Instance,
    begun,
    is_alive,
    is_ready,
    run_file,
    serving,
    started_before,
    wait_for,
)

pytestmark = pytest.mark.long


def family(data_dir: Path) -> list[psutil.Process]:
    own = psutil.Process(run_file(data_dir)["pids"]["supervisor"])
    return [own, *own.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(map(is_alive, processes))


def works(process: psutil.Process) -> bool:
    """Whether it is a background worker that runs."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return "scripts.worker" in process.cmdline()
    return False


def refused(root: Path, data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environ = {"TALENTSPHERE_DATA_DIR": str(data_dir), "PATH": os.environ["PATH"], **settings}
    command = [sys.executable, "-m", "scripts.serve"]
    done = subprocess.run(
        command, cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    return done


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_running_however_it_ends(
    instance: Instance, ending: signal.Signals
) -> None:
    supervisor, data_dir, _ = instance
    processes = family(data_dir)
    assert len(processes) > 6
    supervisor.send_signal(ending)
    supervisor.wait(30)
    wait_for(lambda: gone(processes))
    if ending != signal.SIGKILL:
        assert not (data_dir / "run.json").exists()


@dataclass(frozen=True)
class Stopped:
    """An instance that was told to stop while a request was in flight."""

    data_dir: Path
    processes: list[psutil.Process]
    answer: bytes
    code: int


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, first_start: Path) -> Stopped:
    data_dir = started_before(tmp_path_factory.mktemp("stopped") / "var", first_start)
    with serving(data_dir, ROOT) as (supervisor, _, port), begun(port) as caller:
        processes = family(data_dir)
        supervisor.terminate()
        time.sleep(1)
        caller.sendall(b" " * 49)
        return Stopped(data_dir, processes, caller.recv(12), supervisor.wait(30))


def test_nothing_is_left_running_once_it_was_told_to_stop(stopped: Stopped) -> None:
    assert len(stopped.processes) > 6
    wait_for(lambda: gone(stopped.processes))
    assert not (stopped.data_dir / "run.json").exists()


def test_a_stop_answers_what_is_in_flight(stopped: Stopped) -> None:
    assert stopped.answer == b"HTTP/1.1 400"
    assert stopped.code == 0


def test_whatever_is_killed_comes_back(shared_instance: Instance) -> None:
    _, data_dir, port = shared_instance
    for name in ("cache", "postgres", "worker", "gunicorn"):
        killed = run_file(data_dir)["pids"][name]
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda name=name, killed=killed: run_file(data_dir)["pids"][name] != killed)
        wait_for(lambda: is_ready(port))


def test_a_web_worker_is_seen_before_anybody_has_asked_it(shared_instance: Instance) -> None:
    _, data_dir, _ = shared_instance
    gunicorn = psutil.Process(run_file(data_dir)["pids"]["gunicorn"])
    (before,) = gunicorn.children()
    before.kill()
    wait_for(lambda: before not in gunicorn.children() and gunicorn.children())
    (after,) = gunicorn.children()
    counters = CounterFiles(data_dir / "metrics")
    wait_for(lambda: after.pid in {each["pid"] for each in figures.workers(counters.slots())})


def test_a_file_that_cannot_be_written_ends_nothing_and_is_written_later(
    shared_instance: Instance,
) -> None:
    supervisor, data_dir, port = shared_instance
    # Where the file is made anew lies a folder: as little can be written there as on a full disk.
    (data_dir / f".run.json.{supervisor.pid}").mkdir()
    before = run_file(data_dir)["pids"]["worker"]
    psutil.Process(before).kill()
    mine = psutil.Process(supervisor.pid)
    wait_for(lambda: any(each.pid != before and works(each) for each in mine.children()))
    time.sleep(0.5)
    assert supervisor.poll() is None
    assert run_file(data_dir)["pids"]["worker"] == before
    (data_dir / f".run.json.{supervisor.pid}").rmdir()
    wait_for(lambda: run_file(data_dir)["pids"]["worker"] != before)
    assert is_ready(port)


def test_the_run_file_is_private_and_lets_a_second_shell_in(
    shared_instance: Instance, root: Path
) -> None:
    _, data_dir, port = shared_instance
    assert (data_dir / "run.json").stat().st_mode & 0o777 == 0o600
    assert run_file(data_dir)["port"] == port
    environ = {"TALENTSPHERE_DATA_DIR": str(data_dir), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "scripts.create_admin", "first@admin.example"]
    done = subprocess.run(
        command, cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_second_instance_over_the_same_data_is_refused(
    shared_instance: Instance, root: Path
) -> None:
    _, data_dir, _ = shared_instance
    done = refused(root, data_dir, PORT=str(free_port()))
    assert "Another instance serves" in done.stderr


def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path, root: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = refused(root, tmp_path / "var", PORT=str(port))
    assert f"Port {port} cannot be used" in done.stderr
    assert not (tmp_path / "var" / "postgres").exists()


def test_a_port_that_is_no_number_is_refused_by_name(tmp_path: Path, root: Path) -> None:
    done = refused(root, tmp_path / "var", PORT="eighty")
    assert done.stderr == "talentsphere: PORT must be a whole number from 1 to 65535.\n"


def test_an_external_database_needs_a_secret_of_its_own(tmp_path: Path, root: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    done = refused(root, tmp_path / "var", PORT=str(free_port()), DATABASE_URL=url)
    assert "SECRET_KEY is not set" in done.stderr


def test_told_to_stop_while_starting_it_leaves_nothing(tmp_path: Path, root: Path) -> None:
    data_dir = tmp_path / "var"
    environ = {"TALENTSPHERE_DATA_DIR": str(data_dir), "PORT": str(free_port())}
    command = [sys.executable, "-m", "scripts.serve"]
    starting = subprocess.Popen(command, cwd=root, env=environ, stdout=subprocess.DEVNULL)
    wait_for((data_dir / "logs" / "migrations.log").exists)
    processes = psutil.Process(starting.pid).children(recursive=True)
    starting.terminate()
    assert starting.wait(20) == 0
    wait_for(lambda: gone(processes))


def test_sockets_move_to_the_temp_folder_when_the_path_would_not_do(tmp_path: Path) -> None:
    short, long = Layout(Path("/srv/one")), Layout(Path("/srv") / ("x" * 90))
    assert short.sockets == Path("/srv/one/sockets")
    assert len(str(long.sockets)) < 108
    assert long.sockets != Layout(Path("/srv") / ("y" * 90)).sockets
    assert Layout(tmp_path / "a,b").sockets.name.startswith("talentsphere-")
