"""The one command: what it starts, what it restarts, and that it leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.served import Instance, free_port, is_ready, run_file, wait_for


def family(data_dir: Path) -> list[psutil.Process]:
    own = psutil.Process(run_file(data_dir)["pids"]["supervisor"])
    return [own, *own.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
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


def test_a_killed_cache_and_database_are_back_within_two_seconds(instance: Instance) -> None:
    _, data_dir, port = instance
    for name in ("cache", "postgres"):
        killed = run_file(data_dir)["pids"][name]
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda name=name, killed=killed: run_file(data_dir)["pids"][name] != killed, 10)
        wait_for(lambda: is_ready(port), 10)


def test_the_run_file_is_private_and_lets_a_second_shell_in(instance: Instance, root: Path) -> None:
    _, data_dir, port = instance
    assert (data_dir / "run.json").stat().st_mode & 0o777 == 0o600
    assert run_file(data_dir)["port"] == port
    environ = {"TALENTSPHERE_DATA_DIR": str(data_dir), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "scripts.create_admin", "first@admin.example"]
    done = subprocess.run(
        command, cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_second_instance_over_the_same_data_is_refused(instance: Instance, root: Path) -> None:
    _, data_dir, _ = instance
    environ = {
        "TALENTSPHERE_DATA_DIR": str(data_dir), "PORT": str(free_port()),
        "PATH": os.environ["PATH"],
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "scripts.serve"],
        cwd=root, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Another instance serves" in done.stderr
