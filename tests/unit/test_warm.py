"""What is started warm is a process as cold ones are: its end, its words, signals, surroundings."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests import warm
from tests.served import is_alive, wait_for

pytestmark = pytest.mark.long

STATE = """
import gc, json, multiprocessing, os, random, signal, sys, tempfile, threading
print(json.dumps({
    "argv": sys.argv, "folder": os.getcwd(), "path": sys.path[0], "name": __name__,
    "environ": dict(os.environ), "files": sorted(os.listdir("/proc/self/fd"))[:-1],
    "parent": os.getppid(), "temporary": tempfile.gettempdir(),
    "threads": threading.active_count(), "ctrl-c": str(signal.getsignal(signal.SIGINT)),
    "pipe": str(signal.getsignal(signal.SIGPIPE)), "group": os.getpgrp() == os.getpid(),
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "encodings": [sys.stdin.encoding, sys.stdout.encoding, sys.stderr.errors],
    "buffered": [sys.stdout.line_buffering, sys.stderr.line_buffering, sys.stdin.isatty()],
    "main": sys.modules["__main__"].STATED, "garbage": gc.isenabled(),
}))
"""
WAYS: dict[str, Any] = {"cold": subprocess, "warm": warm}
EVERY_WAY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
ENDS = {
    "pass": 0, "raise SystemExit": 0, "raise SystemExit(3)": 3, "raise SystemExit(256 + 4)": 4,
    "raise SystemExit('words')": 1, "1 / 0": 1, "raise KeyboardInterrupt": -signal.SIGINT,
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": -signal.SIGKILL,
    "import os; print('lost'); os._exit(5)": 5,
    "import atexit; atexit.register(print, 'at last')": 0,
    "import threading, time; threading.Timer(0.1, print, ['later']).start()": 0,
    "import sys; sys.stdout.close()": 0,
    "import sys; print('one'); print('two', file=sys.stderr)": 0,
}  # fmt: skip


def ran(way: Any, file: Path, text: str, *arguments: str, **options: Any) -> Any:
    file.write_text(text)
    # What is said to interpreters alone is not said to one that runs already.
    options.setdefault("env", {"PATH": os.environ["PATH"]})
    return way.run(
        [sys.executable, str(file), *arguments], capture_output=True, text=True, **options
    )


@pytest.mark.parametrize("program", ENDS)
def test_a_command_ends_as_in_an_interpreter_of_its_own(tmp_path: Path, program: str) -> None:
    cold, done = (ran(way, tmp_path / "a.py", program) for way in WAYS.values())
    assert done.returncode == cold.returncode == ENDS[program]
    assert done.stdout == cold.stdout
    # Where it came from is told with what it did not catch.
    assert done.stderr.splitlines()[-1:] == cold.stderr.splitlines()[-1:]


def test_a_command_finds_what_it_would_find_in_an_interpreter_of_its_own(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "LC_CTYPE": "C.UTF-8"}
    cold, found = (
        json.loads(
            ran(
                way, tmp_path / "a.py", f"STATED = 1\n{STATE}", "--option",
                cwd=tmp_path, env=environ, stdin=subprocess.DEVNULL,
            ).stdout
        )
        for way in WAYS.values()
    )  # fmt: skip
    assert found == cold
    assert (found["environ"], found["files"]) == (environ, ["0", "1", "2"])


@EVERY_WAY
def test_each_is_random_by_itself(tmp_path: Path, way: Any) -> None:
    program = "import random, secrets\nprint(random.random(), secrets.choice(range(10**9)))"
    assert len({ran(way, tmp_path / "a.py", program).stdout for _ in range(3)}) == 3


WAITS = "import sys\nprint('begun', flush=True)\nprint(sys.stdin.readline())"


@EVERY_WAY
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_a_command_that_heeds_none(tmp_path: Path, way: Any, sent: int) -> None:
    (tmp_path / "a.py").write_text(WAITS)
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with way.Popen([sys.executable, str(tmp_path / "a.py")], text=True, **pipes) as process:
        assert process.stdout.readline() == "begun\n"
        assert psutil.Process(process.pid).ppid() == os.getpid()
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        process.send_signal(sent)
        out, said = process.communicate()
    assert (process.returncode, out, "KeyboardInterrupt" in said) == (
        -sent, "", sent == signal.SIGINT
    )  # fmt: skip


def test_what_is_written_to_a_command_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(WAITS)
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with warm.Popen([sys.executable, str(tmp_path / "a.py")], text=True, **pipes) as process:
        done = process.communicate("words\n")[0]
    assert (done, process.returncode) == ("begun\nwords\n\n", 0)


@EVERY_WAY
@pytest.mark.parametrize("options", [{"start_new_session": True}, {"process_group": 0}, {}])
def test_a_group_of_its_own_is_told_apart(
    tmp_path: Path, way: Any, options: dict[str, Any]
) -> None:
    program = "import os\nprint(os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid())"
    done = ran(way, tmp_path / "a.py", program, **options)
    assert done.stdout == f"{bool(options)} {'start_new_session' in options}\n"


SERVED = """
import subprocess, sys
from tests import warm
from tests.served import is_alive, wait_for
print(warm.run([sys.executable, "-m", "timeit", "-h"], stdout=subprocess.DEVNULL).returncode)
print(*(child.pid for child in __import__("psutil").Process().children()), flush=True)
sys.stdin.readline()
"""


def test_the_server_ends_with_whom_it_served(root: Path) -> None:
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", SERVED], cwd=root, text=True, **pipes) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == "0\n"
        server = psutil.Process(int(caller.stdout.readline()))
        caller.kill()
    wait_for(lambda: not is_alive(server))
