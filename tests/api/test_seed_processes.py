"""Seeding in processes: they make the same, and whatever ends them leaves nothing."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE
from typing import Any

import psutil
import pytest
from flask import Flask

from src.database import db, unit_of_work
from src.ops import reconcile
from src.ops.seed import frame, jobs, load
from tests import warm
from tests.api.test_seed_refusals import PLAN, run
from tests.factories import rows
from tests.holding import held, waiting
from tests.served import ROOT, is_alive

pytestmark = pytest.mark.long

MAKING = f"""
import pickle, sys
sys.path.insert(0, {str(ROOT)!r})
from src.ops.seed import jobs, workers
if __name__ == "__main__":
    world, chunks = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps([*workers.make(world, jobs.make, chunks)]))
"""


def test_processes_make_what_one_alone_makes(owner_app: Flask, tmp_path: Path) -> None:
    with unit_of_work() as work:
        world = load._world(work, PLAN)
    framed = frame.make(PLAN, list(world.firms))
    chunks = [jobs.Chunk(n, n * 30, framed.cut(n * 30, n * 30 + 30)) for n in range(3)]
    (tmp_path / "making.py").write_text(MAKING)
    making = warm.Popen([sys.executable, str(tmp_path / "making.py")], stdin=PIPE, stdout=PIPE)
    together, _ = making.communicate(pickle.dumps((world, chunks)))
    assert pickle.loads(together) == [jobs.make(world, chunk) for chunk in chunks]


# The script, whose makers make little at a time: even of a hundred jobs more than one's worth.
SCRIPT = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT)!r})
from src.ops.seed import jobs
jobs.CHUNK = 20
if __name__ == "__main__":
    runpy.run_module("scripts.seed", run_name="__main__", alter_sys=True)
"""


@contextmanager
def seeding(app: Flask, folder: Path, way: Any) -> Iterator[subprocess.Popen[str]]:
    """The script at work; gone at the end."""
    config = app.config["TALENTSPHERE"]
    environment = os.environ | {
        "DATABASE_URL": config.database_url, "SECRET_KEY": config.secret_key,
        "TALENTSPHERE_DATA_DIR": str(config.data_dir), "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    (folder / "seed.py").write_text(SCRIPT)
    figures = ("--jobs", "100", "--companies", "4", "--applications", "0")
    process = way.Popen(
        [sys.executable, str(folder / "seed.py"), *figures], env=environment, text=True,
        stderr=PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        # Its makers too, whatever the test says: they hold its standard error.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_a_run_killed_while_it_loads_leaves_nothing(owner_app: Flask, tmp_path: Path) -> None:
    copying = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY jobs%'"
    with (
        held(owner_app, "jobs", "id % 10 = 0") as let_go,
        seeding(owner_app, tmp_path, warm) as process,
    ):
        wait_until(lambda: bool(rows(copying) and waiting()))
        makers = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        let_go()
        wait_until(lambda: not rows(copying) and not any(map(is_alive, makers)))
    assert makers
    assert rows("SELECT count(*) FROM users")[0][0] == 0
    assert run(owner_app) == 0
    assert reconcile.differences() == []


def test_a_run_that_is_interrupted_while_it_loads_ends_with_a_line(
    owner_app: Flask, tmp_path: Path
) -> None:
    with seeding(owner_app, tmp_path, subprocess) as process:
        others = psutil.Process(process.pid)
        wait_until(lambda: any(map(is_beginning, others.children())))
        # As a terminal does: every process of the command is told.
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (130, "seed: interrupted\n")
    assert rows("SELECT count(*) FROM users")[0][0] == 0


def is_beginning(process: psutil.Process) -> bool:
    """A maker that loads its modules: if it were told of Ctrl-C, it would say where it was."""
    loaded = Path(f"/proc/{process.pid}/maps").read_text()
    return "forkserver" in str(process.cmdline()) and "lib-dynload" in loaded


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        db.session.rollback()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    db.session.rollback()
