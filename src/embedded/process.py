"""Child processes that cannot outlive their parent, and how to stop them."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import IO

from src.embedded import launch

LAUNCHER = [sys.executable, "-I", "-S", str(Path(launch.__file__))]
NOBODY = 65534

Child = subprocess.Popen[bytes]


class EmbeddedError(Exception):
    """A server cannot be found or started; the message says what to do."""


class Stopped(Exception):
    """The supervisor was told to stop while it was starting."""


def follower(death_signal: signal.Signals, user: str = launch.SAME_USER) -> tuple[str, ...]:
    """What a command begins with that is to get this signal when this process dies."""
    return (*LAUNCHER, death_signal.name, str(os.getpid()), user)


def spawn(
    command: list[str],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    user: str = launch.SAME_USER,
    environ: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    folder: Path | None = None,
    keeps: tuple[int, ...] = (),
) -> Child:
    """Start `command`, which gets `death_signal` when this process dies in whatever way.

    It `keeps` these open files, by their numbers here. In a session of its own, so that Ctrl-C
    reaches the parent alone, which stops all in order.
    Call it from the main thread: the kernel counts the death of the starting thread.
    """
    return subprocess.Popen(
        [*follower(death_signal, user), *command],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        start_new_session=True,
        cwd=folder,
        pass_fds=keeps,
    )


def run(
    command: list[str],
    told_to_stop: Callable[[], bool],
    *,
    environ: Mapping[str, str],
    output: IO[bytes] | None = None,
) -> int:
    """Run a step of the start to its end; its exit code. Raises Stopped, having ended it."""
    child = spawn(command, environ=environ, output=output)
    while True:
        try:
            return child.wait(0.1)
        except subprocess.TimeoutExpired:
            if told_to_stop():
                stop(child, (signal.SIGTERM, 10.0))
                raise Stopped from None


def stop(child: Child, *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn, waiting its seconds for the end; SIGKILL is the last resort."""
    for sent, seconds in (*steps, (signal.SIGKILL, 10.0)):
        if child.poll() is not None:
            return
        child.send_signal(sent)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


@cache
def server_user() -> str:
    """How PostgreSQL is started here: plainly, without root's rights, or under a name.

    It refuses root and a user without a name (as containers have). In a user namespace the process
    keeps its files but is called nobody, so nothing has to be made or opened on the machine; where
    namespaces are refused, the user `nobody` serves for root.
    """
    is_root = os.geteuid() == 0
    if not is_root and _has_name(os.geteuid()):
        return launch.SAME_USER
    prefix = [*LAUNCHER, "SIGTERM", str(os.getpid()), launch.NAMESPACE]
    tried = subprocess.run([*prefix, "/bin/true"], capture_output=True, check=False)
    if tried.returncode == 0:
        return launch.NAMESPACE
    return f"{NOBODY}:{NOBODY}" if is_root else launch.SAME_USER


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def give_to(user: str, folder: Path) -> None:
    """Let the server's user own `folder` and what is in it; only root can and needs to."""
    if os.geteuid() != 0:
        return
    uid = int(user.partition(":")[0]) if ":" in user else 0
    if folder.stat().st_uid == uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)
