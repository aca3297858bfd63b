"""Commands in Python started warm: processes of their own that need not import what they share.

`run` and `Popen` are those of subprocess for `[sys.executable, "-m", MODULE or FILE, ...]`. A
server of forks, an interpreter that has imported the application and done nothing else, becomes the
command, with its own environment, folder, streams and arguments, and ends as an interpreter does.
It is a child of the caller's, to be waited for, signalled and killed.

What a bare interpreter does before a command's first line is not tried this way, nor what it does
while it takes itself to pieces, and PYTHON... of its environment means nothing: each command is
also started cold somewhere.
"""

import array
import atexit
import ctypes
import functools
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# What commands import, but not what they are: a module that is there already is not run anew. Nor
# flask_migrate, which the application knows by.
IMPORTED = (
    "src.main", "src.tasks", "src.ops.demo", "src.ops.exercise", "src.ops.job_import",
    "src.ops.rebuild_search", "src.ops.reconcile", "src.ops.seed.command",
    "src.ops.indexes.command", "src.ops.migrating", "src.ops.monitor.command", "alembic.command",
    "alembic.autogenerate", "flask.cli", "psycopg_pool", "rich.progress", "rich.table",
)  # fmt: skip
MOST_BYTES = 1 << 20
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, of <linux/prctl.h>
_ONE_AT_A_TIME = threading.Lock()


@functools.cache
def _server() -> socket.socket:
    """The line to the server, which ends with this process."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", str(its.fileno()), *IMPORTED],
            cwd=ROOT, env={"PATH": os.environ["PATH"]}, pass_fds=[its.fileno()],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    ours.settimeout(60)
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def _adopt(is_ours: bool) -> None:
    """Whether orphans among our descendants become our children."""
    ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, int(is_ours), 0, 0, 0)


class Popen(subprocess.Popen[Any]):
    """subprocess.Popen, with a start that only takes what a fork takes."""

    def _execute_child(
        self, args: Any, executable: Any, preexec_fn: Any, close_fds: Any, pass_fds: Any,
        cwd: Any, env: Any, _info: Any, _flags: Any, shell: Any, *pipes_and_more: Any,
    ) -> None:  # fmt: skip
        pipes, (*others, is_session, group) = pipes_and_more[:6], pipes_and_more[6:]
        assert (executable, preexec_fn, pass_fds, shell) == (None, None, (), False)
        assert others == [True, None, None, None, -1], "not known here"
        interpreter, *command = map(os.fspath, args)
        assert interpreter == sys.executable
        order = {
            "command": command, "environ": dict(os.environ if env is None else env),
            "folder": os.fspath(cwd or Path.cwd()), "is_session": is_session, "group": group,
        }  # fmt: skip
        streams = [end if end != -1 else own for own, end in enumerate(_ends(*pipes))]
        with _ONE_AT_A_TIME:
            self.pid = _started(order, streams)
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]


def _ends(p2cread: int, _p2c: int, _c2p: int, c2pwrite: int, _err: int, errwrite: int) -> list[int]:
    """The ends that are the child's, of what subprocess has opened."""
    return [p2cread, c2pwrite, errwrite]


def _started(order: dict[str, Any], streams: list[int]) -> int:
    line = _server()
    _adopt(True)
    try:
        socket.send_fds(line, [json.dumps(order).encode()], streams)
        pid = line.recv(100)
    finally:
        _adopt(False)
    assert pid, "the server of forks has ended"
    return int(pid)


def run(
    args: Any, *, capture_output: bool = False, check: bool = False, timeout: float | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[Any]:  # fmt: skip
    """As subprocess.run."""
    if capture_output:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Popen(args, **options) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        finally:
            # Of what has ended nothing is killed.
            process.kill()
    done = subprocess.CompletedProcess(args, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


def _serve(line: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Fork for each order; returns in the child that it is for."""
    while True:
        said, ancillary, _, _ = line.recvmsg(MOST_BYTES, socket.CMSG_SPACE(3 * 4))
        if not said:
            raise SystemExit(0)
        streams = [*array.array("i", b"".join(data for _, _, data in ancillary))]
        middle = os.fork()
        if middle:
            os.waitpid(middle, 0)
            for stream in streams:
                os.close(stream)
            continue
        middle = os.getpid()
        if os.fork():
            os._exit(0)
        # Until whoever has ordered it is its parent.
        while os.getppid() == middle:
            time.sleep(0.0005)
        return json.loads(said), streams


def _become(order: dict[str, Any], streams: list[int], line: socket.socket) -> None:
    """Be the command from its first line on; what ends it ends the process."""
    if order["is_session"]:
        os.setsid()
    if order["group"] != -1:
        os.setpgid(0, order["group"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for own, stream in enumerate(streams):
        os.dup2(stream, own)
        os.close(stream)
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(order["environ"])
    time.tzset()
    os.chdir(order["folder"])
    line.send(str(os.getpid()).encode())
    line.close()
    _run(*order["command"])


def _run(first: str, *arguments: str) -> None:
    """What neither ends nor leaves with a figure is left to the interpreter, as is who reads no
    more of what is said.
    """
    code: Any = None
    try:
        _run_main(first, *arguments)
    except SystemExit as ended:
        code = ended.code
        if not isinstance(code, int | None):
            raise
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        raise SystemExit(code) from None
    # An interpreter takes itself to pieces, each of which would be copied for that.
    os._exit((code or 0) & 0xFF)


def _run_main(first: str, *arguments: str) -> None:
    if first == "-m":
        name, *rest = arguments
        sys.argv[:], sys.path[0] = [name, *rest], str(Path.cwd())
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    else:
        sys.argv[:], sys.path[0] = [first, *arguments], str(Path(first).resolve().parent)
        runpy.run_path(first, run_name="__main__")


def main() -> None:
    """The server, and then each of the commands."""
    # Of Ctrl-C whoever has ordered hears.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = socket.socket(fileno=int(sys.argv[1]))
    line.set_inheritable(False)
    for name in sys.argv[2:]:
        importlib.import_module(name)
    assert threading.active_count() == 1
    _become(*_serve(line), line)


if __name__ == "__main__":
    main()
